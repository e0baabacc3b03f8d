using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressServiceBackend
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Always = true)]
    public ServiceBackendPort? Port { get; set; }
}
