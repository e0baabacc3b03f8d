using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Certificates.V1;

public sealed class CertificateSigningRequestCondition
{
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    [Field(6, Required = true, Always = true)]
    public string? Status { get; set; }

    [Field(2)]
    public string? Reason { get; set; }

    [Field(3)]
    public string? Message { get; set; }

    [Field(4, Always = true)]
    public Time? LastUpdateTime { get; set; }

    [Field(5, Always = true)]
    public Time? LastTransitionTime { get; set; }
}
