using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

public sealed class BoundObjectReference
{
    [Field(1)]
    public string? Kind { get; set; }

    [Field(2)]
    public string? ApiVersion { get; set; }

    [Field(3)]
    public string? Name { get; set; }

    [Field(4)]
    public string? Uid { get; set; }
}
