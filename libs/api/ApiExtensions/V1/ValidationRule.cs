using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A rule in CEL.</summary>
public sealed class ValidationRule
{
    /// <summary>Expression that must be true; self is the value.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Rule { get; set; }

    /// <summary>What to answer when it is not.</summary>
    [Field(2)]
    public string? Message { get; set; }

    /// <summary>Expression that gives the message.</summary>
    [Field(3)]
    public string? MessageExpression { get; set; }

    /// <summary>Reason of the answer.</summary>
    [Field(4, Pointer = true)]
    [Enum("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")]
    public string? Reason { get; set; }

    /// <summary>The field the answer speaks of.</summary>
    [Field(5)]
    public string? FieldPath { get; set; }

    /// <summary>Whether the rule is looked at when there is no old value.</summary>
    [Field(6)]
    public bool? OptionalOldSelf { get; set; }
}
