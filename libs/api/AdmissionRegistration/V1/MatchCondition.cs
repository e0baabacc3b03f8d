using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>A condition on requests.</summary>
public sealed class MatchCondition
{
    /// <summary>Its name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Expression in CEL that must be true.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Expression { get; set; }
}
