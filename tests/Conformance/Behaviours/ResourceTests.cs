using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Testing;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>What every resource does, resource by resource.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class ResourceTests(BehaviourCluster cluster)
{
    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private ApiSession Api => cluster.Admin;

    public static TheoryData<string> Resources => new(ResourceCases.All.Select(c => c.Id));

    public static TheoryData<string> ResourcesWithStatus => new(ResourceCases.All.Where(c => c.Status is not null).Select(c => c.Id));

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task Every_verb(string id)
    {
        var resource = ResourceCases.Find(id);
        var ns = await cluster.NamespaceAsync("verbs");
        await IsDiscoveredAsync(resource);

        var path = resource.In(ns);
        using var watch = await Api.WatchAsync($"{path}?labelSelector=suite={ns}");
        var created = await Api.CreateAsync(path, Manifest(resource, "one", ns));
        Assert.NotEmpty(created.Text("metadata.uid"));
        Assert.NotEmpty(created.Text("metadata.resourceVersion"));
        Assert.NotEmpty(created.Text("metadata.creationTimestamp"));
        (await Api.PostAsync(path, Manifest(resource, "one", ns))).Fails(409, "AlreadyExists");
        AssertSame(created, await Api.ReadAsync($"{path}/one"));
        foreach (var list in (string[])[path, resource.Everywhere])
        {
            var found = await Api.ReadAsync($"{list}?labelSelector=suite={ns}");
            Assert.Equal(resource.Kind + "List", found.Text("kind"));
            Assert.Equal(["one"], found.Names());
        }

        var patched = (await Api.PatchAsync($"{path}/one", """{"metadata":{"labels":{"patched":"yes"},"annotations":{"patched":"yes"}}}""")).Is(200);
        Assert.Equal("yes", patched.Text("metadata.labels.patched"));
        if (resource.Change is not null)
        {
            var changed = (await Api.PatchAsync($"{path}/one", resource.Change)).Is(200);
            AssertHolds(JsonNode.Parse(resource.Change)!, changed);
            AssertHolds(JsonNode.Parse(resource.Change)!, await Api.ReadAsync($"{path}/one"));
        }

        var current = await Api.ReadAsync($"{path}/one");
        var updated = (await Api.PutAsync($"{path}/one", ((JsonObject)current.DeepClone()).With("metadata.annotations.updated", "yes"))).Is(200);
        Assert.Equal("yes", updated.Text("metadata.annotations.updated"));
        Assert.Equal(created.Text("metadata.uid"), updated.Text("metadata.uid"));
        (await Api.PutAsync($"{path}/one", current.With("metadata.annotations.updated", "late"))).Fails(409, "Conflict");

        (await Api.DeleteAsync($"{path}/one")).Is(200);
        await IsGoneAsync(resource, $"{path}/one");
        (await Api.GetAsync($"{path}/one")).Fails(404, "NotFound");
        (await Api.DeleteAsync($"{path}/one")).Fails(404, "NotFound");
        Assert.Equal("ADDED one", await watch.NextNameAsync());
        Assert.Equal("MODIFIED one", await watch.NextNameAsync());
        Assert.Equal("one", (await watch.UntilAsync("DELETED")).Text("metadata.name"));
    }

    [Theory]
    [MemberData(nameof(ResourcesWithStatus))]
    public async Task Status_apart(string id)
    {
        var resource = ResourceCases.Find(id);
        var ns = await cluster.NamespaceAsync("status");
        var path = resource.In(ns);
        using var watch = await Api.WatchAsync($"{path}?labelSelector=suite={ns}");
        var created = await Api.CreateAsync(path, Manifest(resource, "one", ns));
        Assert.Equal("ADDED one", await watch.NextNameAsync());
        var status = JsonNode.Parse(resource.Status!)!;

        // Through the object itself the status does not change.
        (await Api.PatchAsync($"{path}/one", resource.Status!)).Is(200);
        AssertSame(created["status"], (await Api.ReadAsync($"{path}/one"))["status"]);

        // Through the subresource nothing but the status changes, whichever way it is written.
        var patched = (await Api.PatchAsync($"{path}/one/status", resource.Status!)).Is(200);
        AssertHolds(status, patched);
        AssertHolds(status, await Api.ReadAsync($"{path}/one/status"));
        AssertHolds(status, (await watch.UntilAsync("MODIFIED")));
        AssertSame(created["spec"], patched["spec"]);
        Assert.Equal(created.Text("metadata.generation"), patched.Text("metadata.generation"));

        var updated = (await Api.PutAsync($"{path}/one/status", ((JsonObject)patched.DeepClone()).With("metadata.annotations.through", "status").With("spec", null))).Is(200);
        AssertHolds(status, updated);
        Assert.Equal("status", updated.Text("metadata.annotations.through"));
        AssertSame(created["spec"], updated["spec"]);
        (await Api.PutAsync($"{path}/one/status", patched.With("metadata.annotations.through", "late"))).Fails(409, "Conflict");
        (await Api.DeleteAsync($"{path}/one")).Is(200);
        await IsGoneAsync(resource, $"{path}/one");
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task Collection_by_label(string id)
    {
        var resource = ResourceCases.Find(id);
        var ns = await cluster.NamespaceAsync("many");
        var path = resource.In(ns);
        foreach (var (name, mark) in (IEnumerable<(string, string)>)[($"{ns}-a", ns), ($"{ns}-b", ns), ($"{ns}-c", ns), ($"{ns}-other", ns + "-other")])
        {
            await Api.CreateAsync(path, Manifest(resource, name, mark));
        }

        foreach (var list in (string[])[path, resource.Everywhere])
        {
            Assert.Equal([$"{ns}-a", $"{ns}-b", $"{ns}-c"], (await Api.ReadAsync($"{list}?labelSelector=suite={ns}")).Names());
        }

        (await Api.DeleteAsync($"{path}?labelSelector=suite={ns}")).Is(200);
        await IsGoneAsync(resource, $"{path}/{ns}-a", $"{path}/{ns}-b", $"{path}/{ns}-c");
        Assert.Empty((await Api.ReadAsync($"{path}?labelSelector=suite={ns}")).Items());
        Assert.Equal([$"{ns}-other"], (await Api.ReadAsync($"{path}?labelSelector=suite={ns}-other")).Names());
        (await Api.DeleteAsync($"{path}/{ns}-other")).Is(200);
    }

    private async Task IsDiscoveredAsync(ResourceCase resource)
    {
        if (resource.GroupVersion != "api/v1")
        {
            var group = (await Api.ReadAsync("apis")).Items("groups").Single(g => g.Text("name") == resource.GroupVersion.Split('/')[1]);
            Assert.Contains(resource.ApiVersion, group.Items("versions").Select(v => v.Text("groupVersion")));
            Assert.Contains(resource.ApiVersion, (await Api.ReadAsync(string.Join('/', resource.GroupVersion.Split('/')[..2]))).Items("versions").Select(v => v.Text("groupVersion")));
        }

        var resources = (await Api.ReadAsync(resource.GroupVersion)).Items("resources");
        var found = resources.Single(r => r.Text("name") == resource.Resource);
        Assert.Equal(resource.Kind, found.Text("kind"));
        Assert.Equal(resource.Namespaced, (bool)found["namespaced"]!);
        Assert.Equal(AllVerbs, found["verbs"]!.AsArray().Select(v => (string)v!));
        if (resource.Status is not null)
        {
            Assert.Equal(["get", "patch", "update"], resources.Single(r => r.Text("name") == resource.Resource + "/status")["verbs"]!.AsArray().Select(v => (string)v!));
        }
    }

    /// <summary>What is protected while it is used goes when its controller has looked at it; anything else is gone at once.</summary>
    private async Task IsGoneAsync(ResourceCase resource, params string[] paths)
    {
        foreach (var path in resource.Resource is "persistentvolumes" or "persistentvolumeclaims" ? paths : [])
        {
            await Eventually.HoldsAsync(async () => (await Api.GetAsync(path)).Code == HttpStatusCode.NotFound, $"{path} gone");
        }
    }

    internal static string Manifest(ResourceCase resource, string name, string mark) =>
        resource.Manifest(name, mark).Replace("SPACE", mark.Replace("-other", "", StringComparison.Ordinal), StringComparison.Ordinal).Replace("\"CSR\"", $"\"{SigningRequest}\"", StringComparison.Ordinal);

    /// <summary>A certificate request as the API takes it: PEM in base64.</summary>
    internal static string SigningRequest { get; } = MakeSigningRequest();

    private static string MakeSigningRequest()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=e2e-example", key, HashAlgorithmName.SHA256);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()));
    }

    private static void AssertSame(JsonNode? expected, JsonNode? actual) => Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected.Print()}\nand then\n{actual.Print()}");

    /// <summary>Every member of a merge patch is in the object.</summary>
    private static void AssertHolds(JsonNode patch, JsonNode? actual)
    {
        if (patch is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                AssertHolds(value!, (actual as JsonObject)?[name]);
            }
        }
        else if (patch is JsonArray items && items.All(i => i is JsonObject))
        {
            for (var i = 0; i < items.Count; i++)
            {
                AssertHolds(items[i]!, (actual as JsonArray)?[i]);
            }
        }
        else
        {
            Assert.Equal(patch.ToJsonString(), actual?.ToJsonString());
        }
    }
}
