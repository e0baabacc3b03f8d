using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>How clients find out what the server serves.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class DiscoveryTests(BehaviourCluster cluster)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("discovery", "PreferredVersion")]
    [Behaviour("discovery", "Locate groupVersion and resource")]
    public async Task Every_group_leads_to_its_resources()
    {
        var groups = (await Api.ReadAsync("apis")).Items("groups");
        Assert.NotEmpty(groups);
        foreach (var group in groups)
        {
            var versions = group.Items("versions").Select(v => v.Text("groupVersion")).ToList();
            Assert.Contains(group.Text("preferredVersion.groupVersion"), versions);
            foreach (var version in versions)
            {
                var list = await Api.ReadAsync($"apis/{version}");
                Assert.Equal(version, list.Text("groupVersion"));
                Assert.NotEmpty(list.Items("resources"));
                Assert.All(list.Items("resources"), r => Assert.True(r.Text("name").Length > 0 && r.Text("kind").Length > 0 && r["verbs"] is JsonArray { Count: > 0 }, r.Print()));
            }
        }
    }

    [Fact]
    [Behaviour("aggregated-discovery", "Aggregated discovery interface")]
    public async Task One_document_holds_every_resource()
    {
        foreach (var root in (string[])["api", "apis"])
        {
            var document = (await Api.GetAsync(root, Aggregated)).Is(200);
            Assert.Equal("APIGroupDiscoveryList", document.Text("kind"));
            foreach (var group in document.Items())
            {
                foreach (var version in group.Items("versions"))
                {
                    var path = root == "api" ? "api/v1" : $"apis/{group.Text("metadata.name")}/{version.Text("version")}";
                    var plain = (await Api.ReadAsync(path)).Items("resources").Select(r => r.Text("name"));
                    var found = version.Items("resources")
                        .SelectMany(r => r.Items("subresources").Select(s => $"{r.Text("resource")}/{s.Text("subresource")}").Prepend(r.Text("resource")));
                    Assert.Equal(plain.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
                }
            }
        }
    }

    [Fact]
    [Behaviour("aggregated-discovery", "Aggregated endpoint Accept headers")]
    public async Task Accept_chooses_the_form_of_discovery()
    {
        foreach (var (accept, kind, type) in new[]
        {
            (Aggregated, "APIGroupDiscoveryList", Aggregated),
            ("application/json", "APIGroupList", "application/json"),
            (Aggregated + ",application/json", "APIGroupDiscoveryList", Aggregated),
            ("application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json", "APIGroupList", "application/json"),
        })
        {
            var answer = await Api.GetAsync("apis", accept);
            Assert.Equal(kind, answer.Is(200).Text("kind"));
            Assert.Equal(type, answer.ContentType.Replace(" ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    [Behaviour("version", "Server version")]
    public async Task The_version_is_of_integers()
    {
        var version = await Api.ReadAsync("version");
        Assert.Equal("1", version.Text("major"));
        Assert.Equal("32", version.Text("minor"));
        Assert.Matches(@"^v1\.32\.\d+", version.Text("gitVersion"));
    }

    [Fact]
    [Behaviour("webhook", "Discovery document")]
    public async Task Webhook_configurations_are_discovered()
    {
        Assert.Contains("admissionregistration.k8s.io", (await Api.ReadAsync("apis")).Items("groups").Select(g => g.Text("name")));
        Assert.Contains("admissionregistration.k8s.io/v1", (await Api.ReadAsync("apis/admissionregistration.k8s.io")).Items("versions").Select(v => v.Text("groupVersion")));
        var names = (await Api.ReadAsync("apis/admissionregistration.k8s.io/v1")).Items("resources").Select(r => r.Text("name")).ToList();
        Assert.Contains("mutatingwebhookconfigurations", names);
        Assert.Contains("validatingwebhookconfigurations", names);
    }

    [Fact]
    [Behaviour("table", "406 without metadata")]
    public async Task An_object_without_metadata_is_no_table()
    {
        var answer = await Api.SendAsync(
            HttpMethod.Post, "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"list","resource":"pods"}}}""", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal("the server was unable to respond with a content type that the client supports", Clip(answer.Fails(406, "NotAcceptable")));

        static string Clip(string message) => message.StartsWith("only the following media types are accepted", StringComparison.Ordinal)
            ? "the server was unable to respond with a content type that the client supports" : message;
    }
}
