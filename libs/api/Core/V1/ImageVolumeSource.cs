using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>The contents of an image, mounted read-only.</summary>
public sealed class ImageVolumeSource
{
    /// <summary>The image.</summary>
    [Field(1)]
    public string? Reference { get; set; }

    /// <summary>When to pull the image: Always, IfNotPresent or Never.</summary>
    [Field(2)]
    [Enum("Always", "IfNotPresent", "Never")]
    public string? PullPolicy { get; set; }
}
