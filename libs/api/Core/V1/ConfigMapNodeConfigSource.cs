using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>No longer used.</summary>
public sealed class ConfigMapNodeConfigSource
{
    /// <summary>Namespace of the config map.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Namespace { get; set; }

    /// <summary>Name of the config map.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Identity of the config map.</summary>
    [Field(3)]
    public string? Uid { get; set; }

    /// <summary>Version of the config map.</summary>
    [Field(4)]
    public string? ResourceVersion { get; set; }

    /// <summary>Key with the kubelet's configuration.</summary>
    [Field(5, Required = true, Always = true)]
    public string? KubeletConfigKey { get; set; }
}
