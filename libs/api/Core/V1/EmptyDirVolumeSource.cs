using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>An empty directory.</summary>
public sealed class EmptyDirVolumeSource
{
    /// <summary>Empty for the node's disk, Memory for a file system in memory.</summary>
    [Field(1)]
    public string? Medium { get; set; }

    /// <summary>The most it may hold.</summary>
    [Field(2)]
    public Quantity? SizeLimit { get; set; }
}
