using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class FlexVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Driver { get; set; }

    [Field(2)]
    public string? FsType { get; set; }

    [Field(3)]
    public LocalObjectReference? SecretRef { get; set; }

    [Field(4)]
    public bool ReadOnly { get; set; }

    [Field(5)]
    public Dictionary<string, string>? Options { get; set; }
}
