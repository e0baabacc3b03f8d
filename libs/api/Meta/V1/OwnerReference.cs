using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>
/// Names an object that owns this one. Owner and owned are in the same namespace, or the owner is cluster-scoped.
/// </summary>
[Atomic]
public sealed class OwnerReference
{
    /// <summary>Group and version of the owner.</summary>
    [Field(5, Required = true, Always = true)]
    public string? ApiVersion { get; set; }

    /// <summary>Kind of the owner.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>Name of the owner.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Identity of the owner.</summary>
    [Field(4, Required = true, Always = true)]
    public string? Uid { get; set; }

    /// <summary>True when the owner is the controller that manages this object.</summary>
    [Field(6)]
    public bool? Controller { get; set; }

    /// <summary>True when an owner deleted in the foreground must wait until this object is gone.</summary>
    [Field(7)]
    public bool? BlockOwnerDeletion { get; set; }
}
