using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>Matches a failed pod by its containers' exit codes.</summary>
public sealed class PodFailurePolicyOnExitCodesRequirement
{
    /// <summary>The container; every container when absent.</summary>
    [Field(1, Pointer = true)]
    public string? ContainerName { get; set; }

    /// <summary>In matches one of the values, NotIn any other but 0.</summary>
    [Field(2, Required = true, Always = true)]
    [Enum("In", "NotIn")]
    public string? Operator { get; set; }

    /// <summary>The exit codes.</summary>
    [Field(3, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<int>? Values { get; set; }
}
