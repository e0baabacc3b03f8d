using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class MutatingWebhook
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public WebhookClientConfig? ClientConfig { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<RuleWithOperations>? Rules { get; set; }

    [Field(4, Pointer = true)]
    [Enum("Ignore", "Fail")]
    [Default("\"Fail\"")]
    public string? FailurePolicy { get; set; }

    [Field(9, Pointer = true)]
    [Enum("Exact", "Equivalent")]
    [Default("\"Equivalent\"")]
    public string? MatchPolicy { get; set; }

    [Field(5)]
    [Default("{}")]
    public LabelSelector? NamespaceSelector { get; set; }

    [Field(11)]
    [Default("{}")]
    public LabelSelector? ObjectSelector { get; set; }

    [Field(6, Required = true, Pointer = true)]
    [Enum("Unknown", "None", "Some", "NoneOnDryRun")]
    public string? SideEffects { get; set; }

    [Field(7)]
    [Default("10")]
    [Range(1, 30)]
    public int? TimeoutSeconds { get; set; }

    [Field(8, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? AdmissionReviewVersions { get; set; }

    [Field(10, Pointer = true)]
    [Enum("Never", "IfNeeded")]
    [Default("\"Never\"")]
    public string? ReinvocationPolicy { get; set; }

    [Field(12)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<MatchCondition>? MatchConditions { get; set; }
}
