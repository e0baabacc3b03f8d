using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>What objects look like.</summary>
public sealed class CustomResourceValidation
{
    /// <summary>The schema.</summary>
    [Field(1)]
    public JSONSchemaProps? OpenAPIV3Schema { get; set; }
}
