using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

/// <summary>Where a webhook is: one of url and service.</summary>
public sealed class WebhookClientConfig
{
    /// <summary>Its address.</summary>
    [Field(3, Pointer = true)]
    public string? Url { get; set; }

    /// <summary>Its service.</summary>
    [Field(1)]
    public ServiceReference? Service { get; set; }

    /// <summary>The authorities that may have signed its certificate, in PEM and base64.</summary>
    [Field(2)]
    public byte[]? CaBundle { get; set; }
}
