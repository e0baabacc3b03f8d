using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class ValidationRule
{
    [Field(1, Required = true, Always = true)]
    public string? Rule { get; set; }

    [Field(2)]
    public string? Message { get; set; }

    [Field(3)]
    public string? MessageExpression { get; set; }

    [Field(4, Pointer = true)]
    [Enum("FieldValueRequired", "FieldValueDuplicate", "FieldValueInvalid", "FieldValueForbidden")]
    public string? Reason { get; set; }

    [Field(5)]
    public string? FieldPath { get; set; }

    [Field(6)]
    public bool? OptionalOldSelf { get; set; }
}
