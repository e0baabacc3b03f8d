using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>A kind of objects.</summary>
[Atomic]
public sealed class ParamKind
{
    /// <summary>Group and version.</summary>
    [Field(1)]
    public string? ApiVersion { get; set; }

    /// <summary>The kind.</summary>
    [Field(2)]
    public string? Kind { get; set; }
}
