using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class SubjectRulesReviewStatus
{
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<ResourceRule>? ResourceRules { get; set; }

    [Field(2, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<NonResourceRule>? NonResourceRules { get; set; }

    [Field(3, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Incomplete { get; set; }

    [Field(4)]
    public string? EvaluationError { get; set; }
}
