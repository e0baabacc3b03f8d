using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class SubjectAccessReviewStatus
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Allowed { get; set; }

    [Field(4)]
    public bool Denied { get; set; }

    [Field(2)]
    public string? Reason { get; set; }

    [Field(3)]
    public string? EvaluationError { get; set; }
}
