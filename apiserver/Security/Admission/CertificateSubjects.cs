using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kube.Api.Serialization;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Nobody gets a client certificate of the group system:masters by asking for it: such a certificate could not be taken
/// back (Kubernetes' plugin CertificateSubjectRestriction).
/// </summary>
internal sealed class CertificateSubjects : IValidatingAdmission
{
    private const string Signer = "kubernetes.io/kube-apiserver-client";

    public bool Handles(AdmissionRequest request) => request is
    { Operation: AdmissionOperation.Create, Group: "certificates.k8s.io", Resource: "certificatesigningrequests", Subresource: "", Object: not null };

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var spec = request.Object.Map("spec");
        if (spec.Text("signerName") != Signer)
        {
            return default;
        }

        // Validation has read the request already, so it can be read.
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(spec.Text("request") ?? ""));
        var subject = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default, RSASignaturePadding.Pkcs1).SubjectName;
        if (subject.EnumerateRelativeDistinguishedNames().Any(IsMasters))
        {
            throw request.Forbid($"use of {Signer} signer with {UserInfo.MastersGroup} group is not allowed");
        }

        return default;
    }

    private static bool IsMasters(X500RelativeDistinguishedName name) =>
        !name.HasMultipleElements && name.GetSingleElementType().Value == "2.5.4.10" && name.GetSingleElementValue() == UserInfo.MastersGroup;
}
