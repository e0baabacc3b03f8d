using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.ApiServer.Tests.Fakes;

namespace Kube.ApiServer.Tests.Admission;

/// <summary>Admission plugins as writes meet them: the whole chain, over a store in memory.</summary>
public sealed class PluginTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_level_that_a_namespace_enforces_refuses_pods_and_warns_of_workloads()
    {
        await _server.NamespaceAsync("ns", """{"pod-security.kubernetes.io/enforce":"baseline"}""");
        Assert.Equal(
            "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)",
            await _server.RefusalAsync("pods", "ns", """{"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}"""));
        Assert.Null(await _server.RefusalAsync("pods", "ns", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}"""));
        var warnings = new List<string>();
        await _server.CreateAsync(
            "deployments.apps", "ns", """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}}}""", warnings);
        Assert.Equal(["would violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"], warnings);
    }

    [Fact]
    public async Task A_stricter_level_tells_of_the_pods_beyond_it()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync("pods", "ns", """{"metadata":{"name":"b"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}""");
        await _server.CreateAsync("pods", "ns", """{"metadata":{"name":"a"},"spec":{"hostPID":true,"containers":[{"name":"c","image":"i"}]}}""");
        var warnings = new List<string>();
        await _server.UpdateAsync("namespaces", "", "ns", ns => ns["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"] = "baseline", warnings: warnings);
        Assert.Equal(["existing pods in namespace \"ns\" violate the new PodSecurity enforce level \"baseline:latest\"", "a (and 1 other pod): host namespaces"], warnings);
        var bad = await Assert.ThrowsAsync<KubeStatusException>(() => _server.UpdateAsync("namespaces", "", "ns", ns => ns["metadata"]!["labels"]!["pod-security.kubernetes.io/warn"] = "x"));
        Assert.Equal("Namespace \"ns\" is invalid: metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: \"x\": must be one of privileged, baseline, restricted", bad.Message);
    }

    [Fact]
    public async Task Claims_and_ingresses_get_the_newest_default_class()
    {
        await _server.NamespaceAsync("ns");
        const string claim = "\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}";
        Assert.Null((await _server.CreateAsync("persistentvolumeclaims", "ns", "{\"metadata\":{\"name\":\"none\"}," + claim + "}}"))["spec"]!["storageClassName"]);
        foreach (var (name, mark) in new[] { ("a", "false"), ("b", "true"), ("c", "true") })
        {
            await _server.CreateAsync("storageclasses.storage.k8s.io", "", $$$"""{"metadata":{"name":"{{{name}}}","annotations":{"storageclass.kubernetes.io/is-default-class":"{{{mark}}}"}},"provisioner":"p"}""");
        }

        Assert.Contains((await _server.CreateAsync("persistentvolumeclaims", "ns", "{\"metadata\":{\"name\":\"some\"}," + claim + "}}"))["spec"]!["storageClassName"]!.GetValue<string>(), (string[])["b", "c"]);
        Assert.Equal("", (await _server.CreateAsync("persistentvolumeclaims", "ns", "{\"metadata\":{\"name\":\"empty\"}," + claim + ",\"storageClassName\":\"\"}}"))["spec"]!["storageClassName"]!.GetValue<string>());

        await _server.CreateAsync("ingressclasses.networking.k8s.io", "", """{"metadata":{"name":"i","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},"spec":{"controller":"example.com/c"}}""");
        var ingress = await _server.CreateAsync("ingresses.networking.k8s.io", "ns", """{"metadata":{"name":"g"},"spec":{"defaultBackend":{"service":{"name":"s","port":{"number":80}}}}}""");
        Assert.Equal("i", ingress["spec"]!["ingressClassName"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("", "[\"kubernetes.io/pvc-protection\"]")]
    [InlineData("\"example.com/own\"", "[\"example.com/own\",\"kubernetes.io/pvc-protection\"]")]
    [InlineData("\"kubernetes.io/pvc-protection\"", "[\"kubernetes.io/pvc-protection\"]")]
    public async Task A_new_claim_is_protected_once(string finalizers, string expected)
    {
        await _server.NamespaceAsync("ns");
        var claim = await _server.CreateAsync(
            "persistentvolumeclaims", "ns", $$$$$"""{"metadata":{"name":"c","finalizers":[{{{{{finalizers}}}}}]},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        Assert.Equal(expected, claim["metadata"]!["finalizers"]!.ToJsonString());
    }

    [Fact]
    public async Task A_new_node_is_not_ready()
    {
        var node = await _server.CreateAsync("nodes", "", """{"metadata":{"name":"n"}}""");
        Assert.Equal("""[{"key":"node.kubernetes.io/not-ready","effect":"NoSchedule"}]""", node["spec"]!["taints"]!.ToJsonString());
    }

    [Fact]
    public async Task A_claim_grows_when_it_is_bound_and_its_class_allows_it()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync("storageclasses.storage.k8s.io", "", """{"metadata":{"name":"grows"},"provisioner":"p","allowVolumeExpansion":true}""");
        await _server.CreateAsync("storageclasses.storage.k8s.io", "", """{"metadata":{"name":"stays"},"provisioner":"p"}""");
        foreach (var name in (string[])["grows", "stays"])
        {
            await _server.CreateAsync("persistentvolumeclaims", "ns", $$$$$"""{"metadata":{"name":"{{{{{name}}}}}"},"spec":{"storageClassName":"{{{{{name}}}}}","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
            Assert.StartsWith(
                $"PersistentVolumeClaim \"{name}\" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
                await GrowAsync(name), StringComparison.Ordinal);
            await _server.UpdateAsync("persistentvolumeclaims", "ns", name, claim => claim["status"] = new JsonObject { ["phase"] = "Bound" }, "status");
        }

        Assert.Null(await GrowAsync("grows"));
        Assert.Equal(
            "persistentvolumeclaims \"stays\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
            await GrowAsync("stays"));
    }

    [Fact]
    public async Task Nobody_asks_for_a_certificate_of_the_masters()
    {
        Assert.Null(await _server.RefusalAsync("certificatesigningrequests.certificates.k8s.io", "", Request("CN=a,O=users")));
        Assert.Equal(
            "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed",
            await _server.RefusalAsync("certificatesigningrequests.certificates.k8s.io", "", Request("CN=a,O=users,O=system:masters", "r")));
    }

    private async Task<string?> GrowAsync(string name)
    {
        try
        {
            await _server.UpdateAsync("persistentvolumeclaims", "ns", name, claim => claim["spec"]!["resources"]!["requests"]!["storage"] = "2Gi");
            return null;
        }
        catch (KubeStatusException refusal)
        {
            return refusal.Message;
        }
    }

    private static string Request(string subject, string name = "ok")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
        return $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"signerName":"kubernetes.io/kube-apiserver-client","request":"{{{encoded}}}","usages":["client auth"]}}""";
    }
}
