using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class GitRepoVolumeSource
{
    [Field(1, Required = true, Always = true)]
    public string? Repository { get; set; }

    [Field(2)]
    public string? Revision { get; set; }

    [Field(3)]
    public string? Directory { get; set; }
}
