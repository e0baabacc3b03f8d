using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Certificates, accounts, tokens and access reviews.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class AuthTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("csr", "CSR API")]
    public async Task A_signing_request_is_approved_and_answered()
    {
        const string path = "apis/certificates.k8s.io/v1/certificatesigningrequests";
        var created = await Api.CreateAsync(path, ResourceCases.Find("certificatesigningrequests.certificates.k8s.io").Manifest("signed", "csr")
            .Replace("CSR", ResourceTests.SigningRequest, StringComparison.Ordinal)
            .Replace("\"request\"", "\"username\":\"somebody-else\",\"request\"", StringComparison.Ordinal));
        Assert.Equal("kubernetes-admin", created.Text("spec.username"));
        Assert.Equal(["system:masters", "system:authenticated"], created["spec"]!["groups"]!.AsArray().Select(g => (string)g!));

        // The spec does not change, and approval does not come with the object or its status.
        (await Api.PatchAsync($"{path}/signed", """{"spec":{"signerName":"example.com/other"}}""")).Is(200);
        Assert.Equal("example.com/e2e", (await Api.ReadAsync($"{path}/signed")).Text("spec.signerName"));
        const string approved = """{"status":{"conditions":[{"type":"Approved","status":"True","reason":"Tested","message":"m"}]}}""";
        Assert.Empty((await Api.PatchAsync($"{path}/signed/status", approved)).Body.Items("status.conditions"));
        var answer = (await Api.PatchAsync($"{path}/signed/approval", approved)).Is(200);
        Assert.Equal("Approved", answer.Text("status.conditions.0.type"));
        Assert.NotEmpty(answer.Text("status.conditions.0.lastTransitionTime"));
        Assert.Equal("Approved", (await Api.ReadAsync($"{path}/signed/approval")).Text("status.conditions.0.type"));
        (await Api.PatchAsync($"{path}/signed/approval", """{"status":{"conditions":[{"type":"Denied","status":"True","reason":"Tested","message":"m"},{"type":"Approved","status":"True","reason":"Tested","message":"m"}]}}""")).Fails(422, "Invalid");
        (await Api.PatchAsync($"{path}/signed/approval", """{"status":{"certificate":"bm8="}}""")).Is(200);
        Assert.Empty((await Api.ReadAsync($"{path}/signed")).Text("status.certificate"));
        var pem = Convert.ToBase64String(File.ReadAllBytes(Path.Combine(cluster.Server.Directory, "admin.crt")));
        var certified = (await Api.PatchAsync($"{path}/signed/status", $$$"""{"status":{"certificate":"{{{pem}}}"}}""")).Is(200);
        Assert.Equal(pem, certified.Text("status.certificate"));
        Assert.Equal("Approved", certified.Text("status.conditions.0.type"));
        (await Api.PatchAsync($"{path}/signed/status", """{"status":{"certificate":"bm8="}}""")).Fails(422, "Invalid");
        (await Api.DeleteAsync($"{path}/signed")).Is(200);
    }

    [Fact]
    [Behaviour("serviceaccount", "OIDC discovery")]
    public async Task The_published_keys_verify_a_pods_token()
    {
        var ns = await cluster.NamespaceAsync("oidc");
        var pod = await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        var request = $$$$"""{"spec":{"audiences":["oidc-discovery-test"],"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"p","uid":"{{{{pod.Text("metadata.uid")}}}}"}}}""";
        var token = (await Api.CreateAsync($"api/v1/namespaces/{ns}/serviceaccounts/default/token", request)).Text("status.token");

        var own = (await Api.CreateAsync($"api/v1/namespaces/{ns}/serviceaccounts/default/token", "{}")).Text("status.token");
        using var asPod = cluster.SessionOf(null);
        var bearer = ("Authorization", "Bearer " + own);
        var discovery = (await asPod.SendAsync(HttpMethod.Get, ".well-known/openid-configuration", headers: bearer)).Is(200);
        Assert.Equal("https://kubernetes.default.svc.cluster.local", discovery.Text("issuer"));
        Assert.EndsWith("/openid/v1/jwks", discovery.Text("jwks_uri"), StringComparison.Ordinal);
        var keys = await asPod.SendAsync(HttpMethod.Get, "openid/v1/jwks", accept: "application/jwk-set+json", headers: bearer);
        Assert.Equal("application/jwk-set+json", keys.ContentType);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = discovery.Text("issuer"),
            ValidAudience = "oidc-discovery-test",
            IssuerSigningKeys = new JsonWebKeySet(keys.Is(200).ToJsonString()).GetSigningKeys(),
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal($"system:serviceaccount:{ns}:default", result.ClaimsIdentity.Claims.Single(c => c.Type == "sub").Value);
        (await cluster.SessionOf(null).GetAsync("openid/v1/jwks")).Fails(403, "Forbidden");
    }

    [Theory]
    [Behaviour("serviceaccount", "Opt out of automount")]
    [InlineData(null, null, true)]
    [InlineData(null, true, true)]
    [InlineData(null, false, false)]
    [InlineData(true, null, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, null, false)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public async Task Account_and_pod_decide_about_the_token(bool? account, bool? pod, bool mounted)
    {
        var ns = await cluster.NamespaceAsync("mount");
        await Api.CreateAsync($"api/v1/namespaces/{ns}/serviceaccounts", $$$$"""{"metadata":{"name":"sa"}{{{{Member(account)}}}}}""");
        var created = await Api.CreateAsync($"api/v1/namespaces/{ns}/pods", $$$$"""{"metadata":{"name":"p"},"spec":{"serviceAccountName":"sa","containers":[{"name":"c","image":"i"}]{{{{Member(pod)}}}}}}""");
        Assert.Equal(mounted ? 1 : 0, created.Items("spec.containers.0.volumeMounts").Count(m => m.Text("mountPath") == "/var/run/secrets/kubernetes.io/serviceaccount"));
        Assert.Equal(mounted ? 1 : 0, created.Items("spec.volumes").Count(v => v.Text("projected.sources.0.serviceAccountToken.path") == "token"));

        static string Member(bool? value) => value is { } given ? $",\"automountServiceAccountToken\":{(given ? "true" : "false")}" : "";
    }

    [Fact]
    [Behaviour("authorization", "SubjectReview API")]
    public async Task A_review_says_what_the_server_does()
    {
        var ns = await cluster.NamespaceAsync("review");
        var account = $"system:serviceaccount:{ns}:default";
        var attributes = $$$"""{"verb":"list","resource":"configmaps","version":"v1","namespace":"{{{ns}}}"}""";
        foreach (var allowed in (bool[])[false, true])
        {
            var subject = $$$$"""{"spec":{"user":"{{{{account}}}}","resourceAttributes":{{{{attributes}}}}}}""";
            Assert.Equal(allowed, (bool)(await Api.CreateAsync("apis/authorization.k8s.io/v1/subjectaccessreviews", subject)).At("status.allowed")!);
            Assert.Equal(allowed, (bool)(await Api.CreateAsync($"apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews", subject.Replace("{\"spec\"", $"{{\"metadata\":{{\"namespace\":\"{ns}\"}},\"spec\"", StringComparison.Ordinal))).At("status.allowed")!);
            var self = (await Api.SendAsync(HttpMethod.Post, "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", $$$"""{"spec":{"resourceAttributes":{{{attributes}}}}}""", headers: [("Impersonate-User", account), ("Impersonate-Group", "system:authenticated")])).Is(201);
            Assert.Equal(allowed, (bool)self.At("status.allowed")!);
            (await Api.SendAsync(HttpMethod.Get, $"api/v1/namespaces/{ns}/configmaps", headers: ("Impersonate-User", account))).Is(allowed ? 200 : 403);
            if (!allowed)
            {
                await Api.CreateAsync($"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings", $$$"""{"metadata":{"name":"v"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"{{{ns}}}"}]}""");
                await cluster.SettleAsync($"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings");
            }
        }
    }
}
