using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>How an object is to be deleted.</summary>
public sealed class DeleteOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    /// <summary>Seconds the object gets to end well; 0 removes it at once, absent means the kind's own default.</summary>
    [Field(1)]
    public long? GracePeriodSeconds { get; set; }

    /// <summary>What must be true of the object, or it is not deleted.</summary>
    [Field(2)]
    public Preconditions? Preconditions { get; set; }

    /// <summary>Outdated; use propagationPolicy. True leaves dependents alone.</summary>
    [Field(3)]
    public bool? OrphanDependents { get; set; }

    /// <summary>
    /// What becomes of dependents: Orphan leaves them, Background removes them later, Foreground removes them first.
    /// </summary>
    [Field(4, Pointer = true)]
    public string? PropagationPolicy { get; set; }

    /// <summary>All goes through every stage of a deletion without storing anything.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? DryRun { get; set; }

    /// <summary>
    /// Deletes an object that cannot be read from the store any more, without its finalizers being honoured. Can break the
    /// cluster.
    /// </summary>
    [Field(6)]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; set; }
}
