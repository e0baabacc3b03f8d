using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>A webhook that may change objects on their way in.</summary>
public sealed class MutatingWebhook
{
    /// <summary>Its name, a domain name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Where it is.</summary>
    [Field(2, Required = true, Always = true)]
    public WebhookClientConfig? ClientConfig { get; set; }

    /// <summary>The requests it is asked about.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<RuleWithOperations>? Rules { get; set; }

    /// <summary>What to do when it cannot be asked: Fail or Ignore.</summary>
    [Field(4, Pointer = true)]
    [Enum("Fail", "Ignore")]
    [Default("\"Fail\"")]
    public string? FailurePolicy { get; set; }

    /// <summary>Exact, or Equivalent, which takes other versions of the resource too.</summary>
    [Field(9, Pointer = true)]
    [Enum("Equivalent", "Exact")]
    [Default("\"Equivalent\"")]
    public string? MatchPolicy { get; set; }

    /// <summary>Labels of the object's namespace.</summary>
    [Field(5)]
    [Default("{}")]
    public LabelSelector? NamespaceSelector { get; set; }

    /// <summary>Labels of the object.</summary>
    [Field(11)]
    [Default("{}")]
    public LabelSelector? ObjectSelector { get; set; }

    /// <summary>None or NoneOnDryRun.</summary>
    [Field(6, Required = true, Pointer = true)]
    [Enum("None", "NoneOnDryRun", "Some", "Unknown")]
    public string? SideEffects { get; set; }

    /// <summary>Seconds it has to answer.</summary>
    [Field(7)]
    [Default("10")]
    [Range(1, 30)]
    public int? TimeoutSeconds { get; set; }

    /// <summary>Versions of AdmissionReview it knows, the best first.</summary>
    [Field(8, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? AdmissionReviewVersions { get; set; }

    /// <summary>Whether it is asked again when a later one changed the object: Never or IfNeeded.</summary>
    [Field(10, Pointer = true)]
    [Enum("IfNeeded", "Never")]
    [Default("\"Never\"")]
    public string? ReinvocationPolicy { get; set; }

    /// <summary>Expressions that must all be true for it to be asked.</summary>
    [Field(12)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<MatchCondition>? MatchConditions { get; set; }
}
