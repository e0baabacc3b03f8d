using System.Text.Json.Nodes;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>Events in their newer group.</summary>
[Collection(BehaviourGroup.Name)]
public sealed class EventTests(BehaviourCluster cluster)
{
    private ApiSession Api => cluster.Admin;

    [Fact]
    [Behaviour("events", "events.k8s.io single event")]
    public async Task An_event_becomes_a_series()
    {
        var ns = await cluster.NamespaceAsync("events");
        var path = $"apis/events.k8s.io/v1/namespaces/{ns}/events";
        var created = await Api.CreateAsync(path, ResourceCases.Find("events.events.k8s.io").Manifest("e", "one").Replace("SPACE", ns, StringComparison.Ordinal));
        Assert.Equal(["e"], (await Api.ReadAsync($"{path}?labelSelector=suite=one")).Names());
        var patched = (await Api.PatchAsync($"{path}/e", """{"series":{"count":2,"lastObservedTime":"2024-01-01T00:00:01.000000Z"}}""")).Is(200);
        Assert.Equal("2", patched.Text("series.count"));
        Assert.Equal("2024-01-01T00:00:01.000000Z", patched.Text("series.lastObservedTime"));
        var updated = (await Api.PutAsync($"{path}/e", patched.With("series.count", 100))).Is(200);
        Assert.Equal("100", updated.Text("series.count"));
        Assert.Equal(created.Text("note"), updated.Text("note"));

        // The core group shows the same event.
        var core = await Api.ReadAsync($"api/v1/namespaces/{ns}/events/e");
        Assert.Equal(("100", "as it began", "test-controller"), (core.Text("series.count"), core.Text("message"), core.Text("reportingComponent")));
        (await Api.PatchAsync($"{path}/e", """{"note":"another"}""")).Fails(422, "Invalid");
        (await Api.DeleteAsync($"{path}/e")).Is(200);
        (await Api.GetAsync($"api/v1/namespaces/{ns}/events/e")).Fails(404, "NotFound");
    }

    [Fact]
    public async Task An_event_of_the_newer_group_needs_more()
    {
        var path = $"apis/events.k8s.io/v1/namespaces/{await cluster.NamespaceAsync("events")}/events";
        var message = (await Api.PostAsync(path, """{"metadata":{"name":"e"},"regarding":{"namespace":"elsewhere"}}""")).Fails(422, "Invalid");
        Assert.Equal(
            "Event.events.k8s.io \"e\" is invalid: [involvedObject.namespace: Invalid value: \"elsewhere\": does not match event.namespace, eventTime: Required value, type: Invalid value: \"\": has invalid value: ]",
            message);

        // What has a time is a newer client's, which must say more.
        message = (await Api.PostAsync(path, """{"metadata":{"name":"e"},"regarding":{"namespace":"elsewhere"},"eventTime":"2026-01-01T00:00:00.000000Z","type":"Normal"}""")).Fails(422, "Invalid");
        foreach (var field in (string[])["reportingController", "reportingInstance", "action", "reason"])
        {
            Assert.Contains(field + ": Required value", message, StringComparison.Ordinal);
        }
    }
}
