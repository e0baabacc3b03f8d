using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Who approves a signing request must hold the verb "approve" on its signer, and who puts the certificate into it the
/// verb "sign"; a right on the signer's domain with "/*" counts for all its signers.
/// </summary>
internal sealed class CertificateSigners(IAuthorizer authorizer) : IValidatingAdmission
{
    private const string Group = "certificates.k8s.io";

    public bool Handles(AdmissionRequest request) =>
        request is { Group: Group, Resource: "certificatesigningrequests", Operation: AdmissionOperation.Update, Subresource: "approval" or "status" };

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var (verb, refusal) = request.Subresource == "approval" ? ("approve", "approve requests with") : ("sign", "sign requests with");
        if (verb == "sign" && JsonNode.DeepEquals(request.Object!["status"]?["certificate"], request.OldObject!["status"]?["certificate"]))
        {
            return;
        }

        var signer = ObjectAccessor.Text(request.OldObject!["spec"] as JsonObject, "signerName");
        if (!await MayAsync(request.User, verb, signer, cancellationToken).ConfigureAwait(false)
            && !await MayAsync(request.User, verb, signer.Split('/')[0] + "/*", cancellationToken).ConfigureAwait(false))
        {
            throw new KubeStatusException(KubeStatus.Forbidden(Group, request.Resource, request.Name, $"user not permitted to {refusal} signerName \"{signer}\""));
        }
    }

    private async ValueTask<bool> MayAsync(UserInfo user, string verb, string signer, CancellationToken cancellationToken)
    {
        var result = await authorizer.AuthorizeAsync(
            new AuthorizationAttributes { User = user, Verb = verb, IsResourceRequest = true, ApiGroup = Group, ApiVersion = "*", Resource = "signers", Name = signer },
            cancellationToken).ConfigureAwait(false);
        return result.Decision == AuthorizationDecision.Allow;
    }
}
