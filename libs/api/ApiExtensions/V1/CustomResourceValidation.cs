using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceValidation
{
    [Field(1)]
    public JSONSchemaProps? OpenAPIV3Schema { get; set; }
}
