using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Certificates.V1;

/// <summary>Asks for a certificate to be signed.</summary>
[Kind("certificates.k8s.io", "v1", "certificatesigningrequests", ShortNames = "csr", Subresources = "approval,status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class CertificateSigningRequest : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "certificates.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "CertificateSigningRequest";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Required = true, Always = true)]
    public CertificateSigningRequestSpec? Spec { get; set; }

    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(3, Always = true)]
    public CertificateSigningRequestStatus? Status { get; set; }
}
