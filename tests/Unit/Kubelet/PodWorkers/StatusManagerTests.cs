using System.Text.Json.Nodes;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Tests.Fakes;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.PodWorkers;

public sealed class StatusManagerTests : IAsyncLifetime
{
    private readonly FakeApi _api = new();
    private readonly StatusManager _manager;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public StatusManagerTests() => _manager = new StatusManager(_api, TimeProvider.System, NullLogger.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _manager.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task Only_what_changed_is_sent()
    {
        Pod pod = Pods.Pod();
        pod.Status = new PodStatus { Phase = "Pending", HostIP = "127.0.0.1" };
        _manager.Set(pod, new PodStatus { Phase = "Running", HostIP = "127.0.0.1" });
        Assert.Equal("""{"phase":"Running"}""", await NextAsync());
        await _manager.FlushAsync("u1", _limit.Token);
        _manager.Set(pod, new PodStatus { Phase = "Running", HostIP = "127.0.0.1", PodIP = "10.0.0.1" });
        Assert.Equal("""{"podIP":"10.0.0.1"}""", await NextAsync());
    }

    [Fact]
    public async Task A_static_pods_status_is_sent_whole_and_again_to_a_mirror_that_was_made_anew()
    {
        Pod pod = Pods.Pod();
        pod.Metadata.Annotations = new Dictionary<string, string> { [KubeletLabels.ConfigSource] = "file" };
        pod.Status = new PodStatus { Phase = "Pending" };
        _manager.Set(pod, new PodStatus { Phase = "Pending", HostIP = "127.0.0.1" });
        Assert.Equal("""{"hostIP":"127.0.0.1","phase":"Pending"}""", await NextAsync());
        await _manager.FlushAsync("u1", _limit.Token);
        _manager.Resend("u1", new PodStatus { Phase = "Pending" });
        Assert.Equal("""{"hostIP":"127.0.0.1"}""", await NextAsync());
        await _manager.FlushAsync("u1", _limit.Token);
        _manager.Resend("u1", new PodStatus { Phase = "Pending", HostIP = "127.0.0.1" });
        _manager.Resend("nobody", null);
        await _manager.FlushAsync("u1", _limit.Token);
        Assert.False(_api.Patches.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_mirror_that_changes_while_a_status_is_on_its_way_gets_it_too()
    {
        Pod pod = Pods.Pod();
        pod.Metadata.Annotations = new Dictionary<string, string> { [KubeletLabels.ConfigSource] = "file" };
        TaskCompletionSource<bool> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Answer = answer.Task;
        _manager.Set(pod, new PodStatus { Phase = "Running" });
        Assert.Equal("""{"phase":"Running"}""", await NextAsync());
        _manager.Resend("u1", null);
        _api.Answer = Task.FromResult(true);

        // The first went to a mirror that is gone.
        answer.SetResult(false);
        Assert.Equal("""{"phase":"Running"}""", await NextAsync());
        await _manager.FlushAsync("u1", _limit.Token);
    }

    [Fact]
    public async Task A_status_that_is_kept_back_goes_with_the_next_one_or_in_its_time()
    {
        ManualTimeProvider time = new();
        await using StatusManager manager = new(_api, time, NullLogger.Instance);
        Pod pod = Pods.Pod();
        manager.Set(pod, new PodStatus { PodIP = "10.0.0.1" }, TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromMilliseconds(999));
        await manager.FlushAsync("u1", _limit.Token);
        Assert.False(_api.Patches.Reader.TryRead(out _));
        manager.Set(pod, new PodStatus { PodIP = "10.0.0.1", Phase = "Running" });
        Assert.Equal("""{"phase":"Running","podIP":"10.0.0.1"}""", await NextAsync());
        await manager.FlushAsync("u1", _limit.Token);

        Pod other = Pods.Pod();
        other.Metadata.Uid = "u2";
        manager.Set(other, new PodStatus { Reason = "A" }, TimeSpan.FromSeconds(1));
        manager.Set(other, new PodStatus { Reason = "B" }, TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"reason":"B"}""", await NextAsync());
        await manager.FlushAsync("u1", _limit.Token);
        await manager.FlushAsync("u2", _limit.Token);
        Assert.False(_api.Patches.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_is_sent_is_the_status_as_it_was_set()
    {
        TaskCompletionSource<bool> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Answer = answer.Task;
        Pod pod = Pods.Pod();
        PodStatus status = new() { Phase = "Running" };
        _manager.Set(pod, status);
        await NextAsync();
        status.Phase = "Failed";
        answer.SetResult(true);
        await _manager.FlushAsync("u1", _limit.Token);
        Assert.False(_api.Patches.Reader.TryRead(out _));
        _manager.Set(pod, status);
        Assert.Equal("""{"phase":"Failed"}""", await NextAsync());
    }

    private async Task<string> NextAsync()
    {
        JsonObject status = (await _api.Patches.Reader.ReadAsync(_limit.Token))["status"]!.AsObject();
        return new JsonObject(status.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString();
    }

    private sealed class FakeApi : IPodApi
    {
        public Channel<JsonObject> Patches { get; } = Channel.CreateBounded<JsonObject>(16);

        public Task<bool> Answer { get; set; } = Task.FromResult(true);

        public async Task<bool> PatchStatusAsync(Pod pod, JsonObject patch, CancellationToken cancellation)
        {
            Task<bool> answer = Answer;
            await Patches.Writer.WriteAsync(patch, cancellation);
            return await answer;
        }

        public Task<bool> DeleteAsync(Pod pod, CancellationToken cancellation) => Task.FromResult(true);
    }
}
