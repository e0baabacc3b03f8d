using Kube.Api.Schema;

namespace Kube.Api.Certificates.V1;

public sealed class CertificateSigningRequestStatus
{
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    public List<CertificateSigningRequestCondition>? Conditions { get; set; }

    [Field(2)]
    public byte[]? Certificate { get; set; }
}
