using System.Globalization;
using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Field validation, namespaces, and lists in pieces.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class MachineryTests(BehaviourCluster cluster)
{
    private const string Template = "\"selector\":{\"matchLabels\":{\"app\":\"d\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"d\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";

    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("field-validation", "Typed object")]
    public async Task Unknown_and_duplicate_fields_of_a_typed_object_are_named()
    {
        var path = $"apis/apps/v1/namespaces/{await cluster.NamespaceAsync("fields")}/deployments?fieldValidation=Strict";
        var message = (await Api.PostAsync(path, """{"metadata":{"name":"d"},"spec":{"unknownNested":1,"replicas":1,"replicas":2,""" + Template + "}}")).Fails(400, "BadRequest");
        Assert.Contains("strict decoding error: ", message, StringComparison.Ordinal);
        Assert.Contains("duplicate field \"spec.replicas\"", message, StringComparison.Ordinal);
        Assert.Contains("unknown field \"spec.unknownNested\"", message, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour("field-validation", "Typed unknown metadata")]
    public async Task Unknown_metadata_of_a_typed_object_is_named()
    {
        var path = $"apis/apps/v1/namespaces/{await cluster.NamespaceAsync("fields")}/deployments?fieldValidation=Strict";
        var message = (await Api.PostAsync(path, """{"metadata":{"name":"d","unknownMeta":"x"},"spec":{""" + Template.Replace("\"labels\":{\"app\":\"d\"}}", "\"labels\":{\"app\":\"d\"},\"unknownSubMeta\":\"y\"}", StringComparison.Ordinal) + "}}")).Fails(400, "BadRequest");
        Assert.Contains("unknown field \"metadata.unknownMeta\"", message, StringComparison.Ordinal);
        Assert.Contains("unknown field \"spec.template.metadata.unknownSubMeta\"", message, StringComparison.Ordinal);
    }

    [Fact]
    [Behaviour("namespace", "Patching")]
    [Behaviour("namespace", "Apply update")]
    public async Task A_namespace_is_patched_and_updated()
    {
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("space")}";
        (await Api.PatchAsync(path, """{"metadata":{"labels":{"testLabel":"testValue"}}}""", ApiSession.StrategicMergePatch)).Is(200);
        var read = await Api.ReadAsync(path);
        Assert.Equal("testValue", read.Text("metadata.labels.testLabel"));
        (await Api.PutAsync(path, read.With("metadata.labels.updated", "yes"))).Is(200);
        Assert.Equal("yes", (await Api.ReadAsync(path)).Text("metadata.labels.updated"));
    }

    [Fact]
    [Behaviour("namespace", "Status changes")]
    public async Task A_namespace_has_a_status_of_its_own()
    {
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("space")}";
        Assert.Equal("Active", (await Api.ReadAsync(path + "/status")).Text("status.phase"));
        const string condition = """{"metadata":{"annotations":{"patched":"yes"}},"status":{"conditions":[{"type":"StatusPatched","status":"True","reason":"E2E","message":"m"}]}}""";
        var patched = (await Api.PatchAsync(path + "/status", condition)).Is(200);
        Assert.Equal("StatusPatched", patched.Text("status.conditions.0.type"));
        Assert.Equal("yes", patched.Text("metadata.annotations.patched"));
        patched["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "StatusUpdated", ["status"] = "True", ["reason"] = "E2E", ["message"] = "m" });
        (await Api.PutAsync(path + "/status", patched)).Is(200);
        var read = await Api.ReadAsync(path);
        Assert.Equal("StatusUpdated", read.Text("status.conditions.1.type"));
        Assert.Equal("Active", read.Text("status.phase"));
    }

    [Fact]
    [Behaviour("namespace", "Apply finalizer")]
    public async Task A_namespace_takes_and_loses_a_finalizer()
    {
        const string finalizer = "e2e.example.com/fakeFinalizer";
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("space")}";
        var read = await Api.ReadAsync(path);
        Assert.Equal(["kubernetes"], Finalizers(read));
        read["spec"]!["finalizers"]!.AsArray().Add(finalizer);
        Assert.Equal(["kubernetes", finalizer], Finalizers((await Api.PutAsync(path + "/finalize", read)).Is(200)));
        read = await Api.ReadAsync(path);
        read["spec"]!["finalizers"] = new JsonArray("kubernetes");
        Assert.Equal(["kubernetes"], Finalizers((await Api.PutAsync(path + "/finalize", read)).Is(200)));

        static IEnumerable<string> Finalizers(JsonObject ns) => ns["spec"]!["finalizers"]!.AsArray().Select(f => (string)f!);
    }

    [Fact]
    [Behaviour("chunking", "Chunked list")]
    public async Task A_list_in_pieces_is_of_one_moment()
    {
        const int count = 40;
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("chunks")}/podtemplates";
        for (var i = 0; i < count; i++)
        {
            await Api.CreateAsync(path, PodTemplate($"t-{i:D4}"));
        }

        foreach (var limit in (int[])[7, 40, 41])
        {
            var (token, version, found) = ("", "", new List<string>());
            do
            {
                var page = await Api.ReadAsync($"{path}?limit={limit}&continue={Uri.EscapeDataString(token)}");
                version = version.Length == 0 ? page.Text("metadata.resourceVersion") : version;
                Assert.Equal(version, page.Text("metadata.resourceVersion"));
                Assert.True(page.Items().Count <= limit);
                found.AddRange(page.Names());
                token = page.Text("metadata.continue");
                Assert.Equal(found.Count == count ? "" : (count - found.Count).ToString(CultureInfo.InvariantCulture), page.Text("metadata.remainingItemCount"));
                await Api.CreateAsync(path, PodTemplate($"late-{limit}-{found.Count}"));
            }
            while (token.Length > 0);
            Assert.Equal(Enumerable.Range(0, count).Select(i => $"t-{i:D4}"), found);
            (await Api.DeleteAsync($"{path}?labelSelector=late")).Is(200);
        }

        static string PodTemplate(string name) =>
            $$$$"""{"metadata":{"name":"{{{{name}}}}"{{{{(name.StartsWith("late", StringComparison.Ordinal) ? ",\"labels\":{\"late\":\"\"}" : "")}}}}},"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}""";
    }

    /// <summary>Another server knows nothing of the past but what the store still has.</summary>
    [Fact]
    [Behaviour("chunking", "Continue after compaction")]
    public async Task A_page_that_has_expired_tells_how_to_go_on()
    {
        var path = $"api/v1/namespaces/{await cluster.NamespaceAsync("expired")}/configmaps";
        foreach (var name in (string[])["a", "b", "c"])
        {
            await Api.CreateAsync(path, $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        }

        var page = await Api.ReadAsync($"{path}?limit=1");
        var last = await Api.CreateAsync(path, """{"metadata":{"name":"d"}}""");
        await cluster.Server.CompactAsync(last.Text("metadata.resourceVersion"));
        await using var other = await cluster.Server.StartAnotherAsync();
        using var session = cluster.SessionOf("admin", other.Port);
        var expired = await session.GetAsync($"{path}?limit=1&continue={Uri.EscapeDataString(page.Text("metadata.continue"))}");
        Assert.Contains("The provided continue parameter is too old", expired.Fails(410, "Expired"), StringComparison.Ordinal);
        var rest = await session.ReadAsync($"{path}?continue={Uri.EscapeDataString(expired.Body.Text("metadata.continue"))}");
        Assert.Equal(["b", "c", "d"], rest.Names());
    }
}
