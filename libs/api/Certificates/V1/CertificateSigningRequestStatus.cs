using Kube.Api.Schema;

namespace Kube.Api.Certificates.V1;

/// <summary>How the request is doing.</summary>
public sealed class CertificateSigningRequestStatus
{
    /// <summary>Approved, Denied and Failed.</summary>
    [Field(1)]
    [ListType(ListKind.Map, "type")]
    public List<CertificateSigningRequestCondition>? Conditions { get; set; }

    /// <summary>The certificate in PEM, in base64, once signed.</summary>
    [Field(2)]
    public byte[]? Certificate { get; set; }
}
