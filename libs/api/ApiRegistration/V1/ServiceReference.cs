using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

public sealed class ServiceReference
{
    [Field(1)]
    public string? Namespace { get; set; }

    [Field(2)]
    public string? Name { get; set; }

    [Field(3)]
    [Default("443")]
    public int? Port { get; set; }
}
