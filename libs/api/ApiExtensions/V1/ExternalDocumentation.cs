using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class ExternalDocumentation
{
    [Field(1)]
    public string? Description { get; set; }

    [Field(2)]
    public string? Url { get; set; }
}
