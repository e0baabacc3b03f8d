using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A Flocker data set.</summary>
public sealed class FlockerVolumeSource
{
    /// <summary>Name of the data set.</summary>
    [Field(1)]
    public string? DatasetName { get; set; }

    /// <summary>Identity of the data set.</summary>
    [Field(2)]
    public string? DatasetUUID { get; set; }
}
