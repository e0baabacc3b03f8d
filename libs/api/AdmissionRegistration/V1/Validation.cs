using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>One thing requests must meet.</summary>
public sealed class Validation
{
    /// <summary>Expression that must be true.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Expression { get; set; }

    /// <summary>What to answer when it is not.</summary>
    [Field(2)]
    public string? Message { get; set; }

    /// <summary>Reason of the answer: Unauthorized, Forbidden, Invalid or RequestEntityTooLarge.</summary>
    [Field(3, Pointer = true)]
    public string? Reason { get; set; }

    /// <summary>Expression that gives the message.</summary>
    [Field(4)]
    public string? MessageExpression { get; set; }
}
