using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>A named expression.</summary>
[Atomic]
public sealed class Variable
{
    /// <summary>Its name.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>The expression.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Expression { get; set; }
}
