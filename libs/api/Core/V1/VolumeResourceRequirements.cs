using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>How much storage a claim asks for.</summary>
public sealed class VolumeResourceRequirements
{
    /// <summary>The most it may get.</summary>
    [Field(1)]
    public Dictionary<string, Quantity>? Limits { get; set; }

    /// <summary>The least it must get.</summary>
    [Field(2)]
    public Dictionary<string, Quantity>? Requests { get; set; }
}
