using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class DownwardAPIVolumeFile
{
    [Field(1, Required = true, Always = true)]
    public string? Path { get; set; }

    [Field(2)]
    public ObjectFieldSelector? FieldRef { get; set; }

    [Field(3)]
    public ResourceFieldSelector? ResourceFieldRef { get; set; }

    [Field(4)]
    public int? Mode { get; set; }
}
