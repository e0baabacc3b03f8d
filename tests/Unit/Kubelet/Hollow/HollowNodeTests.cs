using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Values;
using Kube.Client.Rest;
using Kube.Kubelet.Hollow;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.Hollow;

public sealed class HollowNodeTests : IAsyncDisposable
{
    private readonly RecordedPods _api = new();
    private readonly StatusManager _statuses;
    private readonly KubeClient _client = new(new KubeClientOptions { Server = new Uri("https://127.0.0.1:1") }, TimeProvider.System);
    private readonly HollowNode _node;

    public HollowNodeTests()
    {
        _statuses = new StatusManager(_api, TimeProvider.System, NullLogger.Instance);
        NodeDescription description = new()
        {
            Name = "hollow-1",
            Address = "172.16.0.1",
            Machine = new MachineFacts(),
            Capacity = new Dictionary<string, Quantity> { ["pods"] = new(2) },
            Allocatable = new Dictionary<string, Quantity> { ["pods"] = new(2) },
            RuntimeVersion = "hollow://1",
            KubeletVersion = "v1",
            Port = 0,
        };
        NodeReporter reporter = new(
            _client, description, _ => Task.FromResult(new NodeObservation { Now = Pods.Now }), new NodeReportOptions(), new SilentEvents(), NullLogger.Instance);
        _node = new HollowNode(description, new HollowAddresses(1), _statuses, reporter, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _statuses.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task A_bound_pod_runs_at_an_address_of_its_node()
    {
        Pod pod = New("a");

        Assert.False(_node.Update(pod));
        await _statuses.FlushAsync("a", CancellationToken.None);

        JsonObject status = Assert.Single(_api.Patches)["status"]!.AsObject();
        Assert.Equal("Running", status["phase"]!.GetValue<string>());
        Assert.Equal("10.0.1.1", status["podIP"]!.GetValue<string>());
        Assert.Equal("True", status["conditions"]!.AsArray().Single(c => c!["type"]!.GetValue<string>() == "Ready")!["status"]!.GetValue<string>());
        Assert.Equal("hollow://a-a", status["containerStatuses"]![0]!["containerID"]!.GetValue<string>());
        Assert.Equal(1, _node.Running);
    }

    [Fact]
    public async Task A_pod_too_many_is_refused_as_by_a_kubelet()
    {
        foreach (string uid in (string[])["a", "b", "c"])
        {
            _node.Update(New(uid));
        }

        await _statuses.FlushAsync("c", CancellationToken.None);

        Assert.Equal(2, _node.Running);
        PodStatus refused = Sent("c");
        Assert.Equal("Failed", refused.Phase);
        Assert.Equal("OutOfpods", refused.Reason);
    }

    [Fact]
    public async Task A_deleted_pod_reports_its_end_before_its_object_goes_and_gives_its_address_back()
    {
        _node.Update(New("a"));
        Pod deleted = New("a", deleted: true);

        Assert.True(_node.Update(deleted));
        Assert.False(_node.Update(deleted));
        await _node.EndAsync(deleted, CancellationToken.None);
        _node.Remove(deleted);
        _node.Update(New("b"));
        await _statuses.FlushAsync("b", CancellationToken.None);

        Assert.Equal(["a"], _api.Deleted);
        Assert.Equal("Succeeded", _api.Patches.Last(p => p["metadata"]!["uid"]!.GetValue<string>() == "a")["status"]!["phase"]!.GetValue<string>());
        Assert.Equal("10.0.1.1", Sent("b").PodIP);
    }

    [Fact]
    public async Task A_process_that_starts_again_changes_nothing_of_pods_that_run()
    {
        _node.Update(New("a"));
        await _statuses.FlushAsync("a", CancellationToken.None);
        Pod known = New("a");
        known.Status = Sent("a");
        await using StatusManager fresh = new(_api, TimeProvider.System, NullLogger.Instance);
        HollowNode again = new(
            new NodeDescription
            {
                Name = "hollow-1",
                Address = "172.16.0.1",
                Machine = new MachineFacts(),
                Capacity = new Dictionary<string, Quantity>(),
                Allocatable = new Dictionary<string, Quantity>(),
                RuntimeVersion = "hollow://1",
                KubeletVersion = "v1",
                Port = 0,
            },
            new HollowAddresses(1),
            fresh,
            _node.Reporter,
            TimeProvider.System);

        again.Update(known);
        await fresh.FlushAsync("a", CancellationToken.None);

        Assert.Single(_api.Patches);
        Assert.Equal(1, again.Running);
    }

    private static Pod New(string uid, bool deleted = false)
    {
        Pod pod = Pods.Pod();
        pod.Metadata = new ObjectMeta { Name = "pod-" + uid, Namespace = "default", Uid = uid, DeletionTimestamp = deleted ? (Time)Pods.Now : null };
        pod.Spec!.NodeName = "hollow-1";
        return pod;
    }

    private PodStatus Sent(string uid) => KubeJson.Deserialize<PodStatus>(
        System.Text.Encoding.UTF8.GetBytes(_api.Patches.Last(p => p["metadata"]!["uid"]!.GetValue<string>() == uid)["status"]!.ToJsonString()));

    private sealed class RecordedPods : IPodApi
    {
        public ConcurrentQueue<JsonObject> Patches { get; } = new();

        public ConcurrentQueue<string> Deleted { get; } = new();

        public Task<bool> PatchStatusAsync(Pod pod, JsonObject patch, CancellationToken cancellation)
        {
            Patches.Enqueue(patch);
            return Task.FromResult(true);
        }

        public Task<bool> DeleteAsync(Pod pod, CancellationToken cancellation)
        {
            Deleted.Enqueue(pod.Uid());
            return Task.FromResult(true);
        }
    }
}
