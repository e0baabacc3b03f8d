using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A field of the pod and the file it becomes.</summary>
public sealed class DownwardAPIVolumeFile
{
    /// <summary>Path of the file in the volume.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Path { get; set; }

    /// <summary>The field.</summary>
    [Field(2)]
    public ObjectFieldSelector? FieldRef { get; set; }

    /// <summary>A request or limit of a container.</summary>
    [Field(3)]
    public ResourceFieldSelector? ResourceFieldRef { get; set; }

    /// <summary>Permission bits of the file.</summary>
    [Field(4)]
    public int? Mode { get; set; }
}
