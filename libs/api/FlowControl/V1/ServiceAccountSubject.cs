using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>A service account.</summary>
public sealed class ServiceAccountSubject
{
    /// <summary>Its namespace.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Namespace { get; set; }

    /// <summary>Its name; * means all of the namespace.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }
}
