namespace Kube.Client.Rest;

/// <summary>An object of any kind cut down to its metadata, with its own apiVersion and kind.</summary>
public sealed class MetadataObject : IKubeObject
{
    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public ObjectMeta Metadata { get; set; } = new();
}
