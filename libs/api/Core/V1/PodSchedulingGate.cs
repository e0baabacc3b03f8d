using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Something that holds a pod back from scheduling.</summary>
public sealed class PodSchedulingGate
{
    /// <summary>Name of the gate, unique in the pod.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
