using Kube.Api.Schema;

namespace Kube.Api.Autoscaling.V2;

/// <summary>Names an object in the same namespace.</summary>
public sealed class CrossVersionObjectReference
{
    /// <summary>Kind of the object.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>Name of the object.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Group and version of the object.</summary>
    [Field(3)]
    public string? ApiVersion { get; set; }
}
