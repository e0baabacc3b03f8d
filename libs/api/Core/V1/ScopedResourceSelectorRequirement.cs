using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ScopedResourceSelectorRequirement
{
    [Field(1, Required = true, Always = true)]
    [Enum("Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity")]
    public string? ScopeName { get; set; }

    [Field(2, Required = true, Always = true)]
    [Enum("In", "NotIn", "Exists", "DoesNotExist")]
    public string? Operator { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Values { get; set; }
}
