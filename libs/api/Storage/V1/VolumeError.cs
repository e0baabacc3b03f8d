using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Storage.V1;

/// <summary>Something that went wrong.</summary>
public sealed class VolumeError
{
    /// <summary>Time at which it did.</summary>
    [Field(1, Always = true)]
    public Time? Time { get; set; }

    /// <summary>What it was.</summary>
    [Field(2)]
    public string? Message { get; set; }
}
