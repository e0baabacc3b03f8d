using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class WebhookClientConfig
{
    [Field(3, Pointer = true)]
    public string? Url { get; set; }

    [Field(1)]
    public ServiceReference? Service { get; set; }

    [Field(2)]
    public byte[]? CaBundle { get; set; }
}
