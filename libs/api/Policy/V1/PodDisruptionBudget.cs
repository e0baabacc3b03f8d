using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Policy.V1;

/// <summary>Bounds how many pods may be taken down on purpose at once.</summary>
[Kind("policy", "v1", "poddisruptionbudgets", Namespaced = true, ShortNames = "pdb", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class PodDisruptionBudget : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "policy/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PodDisruptionBudget";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public PodDisruptionBudgetSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public PodDisruptionBudgetStatus? Status { get; set; }
}
