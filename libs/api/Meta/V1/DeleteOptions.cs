using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class DeleteOptions
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; }

    [Field(1)]
    public long? GracePeriodSeconds { get; set; }

    [Field(2)]
    public Preconditions? Preconditions { get; set; }

    [Field(3)]
    public bool? OrphanDependents { get; set; }

    [Field(4, Pointer = true)]
    public string? PropagationPolicy { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? DryRun { get; set; }

    [Field(6)]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; set; }
}
