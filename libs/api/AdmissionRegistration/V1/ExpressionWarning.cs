using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>A finding about an expression.</summary>
public sealed class ExpressionWarning
{
    /// <summary>Path of the expression.</summary>
    [Field(2, Required = true, Always = true)]
    public string? FieldRef { get; set; }

    /// <summary>What was found.</summary>
    [Field(3, Required = true, Always = true)]
    public string? Warning { get; set; }
}
