using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

/// <summary>The object a token is bound to.</summary>
public sealed class BoundObjectReference
{
    /// <summary>Pod, Secret or Node.</summary>
    [Field(1)]
    public string? Kind { get; set; }

    /// <summary>Group and version of the object.</summary>
    [Field(2)]
    public string? ApiVersion { get; set; }

    /// <summary>Name of the object.</summary>
    [Field(3)]
    public string? Name { get; set; }

    /// <summary>Identity of the object.</summary>
    [Field(4)]
    public string? Uid { get; set; }
}
