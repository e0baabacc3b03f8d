using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Policy.V1;

/// <summary>Asks for a pod to be removed, as far as budgets allow. Posted to the pod's eviction subresource.</summary>
[Kind("policy", "v1", "", Namespaced = true)]
public sealed class Eviction : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "policy/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "Eviction";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>How the pod is to be deleted.</summary>
    [Field(2)]
    public DeleteOptions? DeleteOptions { get; set; }
}
