using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>What may be done.</summary>
public sealed class SubjectRulesReviewStatus
{
    /// <summary>With resources; in no order.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<ResourceRule>? ResourceRules { get; set; }

    /// <summary>With other paths; in no order.</summary>
    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<NonResourceRule>? NonResourceRules { get; set; }

    /// <summary>Whether there may be more.</summary>
    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Incomplete { get; set; }

    /// <summary>What went wrong in finding out.</summary>
    [Field(4)]
    public string? EvaluationError { get; set; }
}
