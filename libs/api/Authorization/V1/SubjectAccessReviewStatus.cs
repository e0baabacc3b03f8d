using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>Whether it may be done.</summary>
public sealed class SubjectAccessReviewStatus
{
    /// <summary>Whether it may.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Allowed { get; set; }

    /// <summary>Whether it is forbidden, rather than just not allowed.</summary>
    [Field(4)]
    public bool Denied { get; set; }

    /// <summary>Why.</summary>
    [Field(2)]
    public string? Reason { get; set; }

    /// <summary>What went wrong in finding out; the answer may hold all the same.</summary>
    [Field(3)]
    public string? EvaluationError { get; set; }
}
