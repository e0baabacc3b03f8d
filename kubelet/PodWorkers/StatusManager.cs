using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// Brings pods' statuses to the API server: the newest of each pod, in parallel for different pods, by patch and without
/// reading first, again and again until the API server takes it. Nothing older than what was sent is ever sent.
/// Thread-safe.
/// </summary>
internal sealed partial class StatusManager : IAsyncDisposable
{
    /// <summary>Patches that are on their way at one time.</summary>
    private const int DefaultSenders = 8;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(10);

    private readonly IPodApi _api;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Entry> _entries = new();
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _senders;

    public StatusManager(IPodApi api, TimeProvider time, ILogger logger, int senders = DefaultSenders)
    {
        _api = api;
        _time = time;
        _logger = logger;
        _senders = [.. Enumerable.Range(0, senders).Select(_ => Task.Run(SendAllAsync))];
    }

    /// <summary>Makes this, as it is now, the pod's status.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="status">Its status.</param>
    /// <param name="within">How long it may be kept back, so that a newer one goes in its place; at once it is on its way when this returns.</param>
    public void Set(Pod pod, PodStatus status, TimeSpan within = default)
    {
        // What a static pod's mirror says is not known here: all of it is sent.
        Entry entry = _entries.GetOrAdd(pod.Uid(), static (_, p) => new Entry(StatusPatch.Json(p.IsStatic() ? null : p.Status)), pod);
        lock (entry)
        {
            entry.Pod = pod;
            entry.Wanted = StatusPatch.Json(status);
            if (within == TimeSpan.Zero || entry.Queued)
            {
                Enqueue(pod.Uid(), entry);
            }
            else if (!entry.KeptBack)
            {
                entry.KeptBack = true;
                _ = EnqueueLaterAsync(pod.Uid(), entry, within);
            }
        }
    }

    /// <summary>The API server's object of the pod was made anew and has this status: the pod's is sent again.</summary>
    public void Resend(string uid, PodStatus? has)
    {
        if (!_entries.TryGetValue(uid, out Entry? entry))
        {
            return;
        }

        lock (entry)
        {
            entry.Sent = StatusPatch.Json(has);
            entry.Generation++;
            Enqueue(uid, entry);
        }
    }

    /// <summary>Waits until the API server has the newest status of the pod, or no longer has the pod.</summary>
    public Task FlushAsync(string uid, CancellationToken cancellation)
    {
        if (!_entries.TryGetValue(uid, out Entry? entry))
        {
            return Task.CompletedTask;
        }

        lock (entry)
        {
            return entry.Dirty ? (entry.Flushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation) : Task.CompletedTask;
        }
    }

    /// <summary>Deletes the pod's object, trying until the API server answers.</summary>
    public async Task DeletePodAsync(Pod pod, CancellationToken cancellation)
    {
        for (TimeSpan delay = FirstRetry; ; delay = Longer(delay))
        {
            try
            {
                await _api.DeleteAsync(pod, cancellation);
                return;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogDeleteFailed(e, pod.Describe());
                await Task.Delay(delay, _time, cancellation);
            }
        }
    }

    public void Forget(string uid) => _entries.TryRemove(uid, out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_senders);
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (string uid in _queue.Reader.ReadAllAsync(_stop.Token))
            {
                if (_entries.TryGetValue(uid, out Entry? entry))
                {
                    await SendAsync(uid, entry);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The kubelet ends; the next one reports anew.
        }
    }

    private async Task SendAsync(string uid, Entry entry)
    {
        Pod pod;
        JsonObject wanted;
        JsonObject? patch;
        int generation;
        lock (entry)
        {
            generation = entry.Generation;
            pod = entry.Pod!;
            wanted = entry.Wanted;
            patch = StatusPatch.Between(pod, entry.Sent, wanted);
        }

        try
        {
            bool found = patch is null || await _api.PatchStatusAsync(pod, patch, _stop.Token);
            Sent(uid, entry, wanted, generation, found);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            LogPatchFailed(e, pod.Describe());
            entry.Retry = entry.Retry == TimeSpan.Zero ? FirstRetry : Longer(entry.Retry);
            _ = RequeueAsync(uid, entry.Retry);
        }
    }

    /// <summary>Puts the pod into the queue if there is anything to send. Its entry's lock is held.</summary>
    private void Enqueue(string uid, Entry entry)
    {
        if (StatusPatch.Between(entry.Pod!, entry.Sent, entry.Wanted) is null)
        {
            return;
        }

        entry.Dirty = true;
        if (!entry.Queued)
        {
            // At most one place in the queue for each pod, so the pods of the node bound it.
            entry.Queued = true;
            _queue.Writer.TryWrite(uid);
        }
    }

    private async Task EnqueueLaterAsync(string uid, Entry entry, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The kubelet ends.
            return;
        }

        lock (entry)
        {
            entry.KeptBack = false;
            Enqueue(uid, entry);
        }
    }

    private void Sent(string uid, Entry entry, JsonObject wanted, int generation, bool found)
    {
        lock (entry)
        {
            entry.Retry = TimeSpan.Zero;
            if (entry.Generation == generation)
            {
                entry.Sent = wanted;
            }

            if ((found || entry.Generation != generation) && StatusPatch.Between(entry.Pod!, entry.Sent, entry.Wanted) is not null)
            {
                _queue.Writer.TryWrite(uid);
                return;
            }

            entry.Queued = false;
            entry.Dirty = false;
            entry.Flushed?.TrySetResult();
            entry.Flushed = null;
        }
    }

    private async Task RequeueAsync(string uid, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _time, _stop.Token);
            _queue.Writer.TryWrite(uid);
        }
        catch (OperationCanceledException)
        {
            // The kubelet ends.
        }
    }

    private static TimeSpan Longer(TimeSpan delay) => delay * 2 < LastRetry ? delay * 2 : LastRetry;

    private void LogPatchFailed(Exception error, string pod) => PatchFailed(_logger, error.Message, pod);

    private void LogDeleteFailed(Exception error, string pod) => DeleteFailed(_logger, error.Message, pod);

    [LoggerMessage(1, LogLevel.Warning, "the status of pod {Pod} could not be sent, it is tried again: {Reason}")]
    private static partial void PatchFailed(ILogger logger, string reason, string pod);

    [LoggerMessage(2, LogLevel.Warning, "pod {Pod} could not be deleted from the API server, it is tried again: {Reason}")]
    private static partial void DeleteFailed(ILogger logger, string reason, string pod);

    private sealed class Entry(JsonObject sent)
    {
        public Pod? Pod { get; set; }

        /// <summary>What the API server has, as far as is known.</summary>
        public JsonObject Sent { get; set; } = sent;

        /// <summary>What it should have. Neither is changed once it is here.</summary>
        public JsonObject Wanted { get; set; } = sent;

        /// <summary>Rises when the API server's object is another.</summary>
        public int Generation { get; set; }

        public bool Dirty { get; set; }

        public bool Queued { get; set; }

        /// <summary>It is put into the queue a moment later, unless something more urgent comes.</summary>
        public bool KeptBack { get; set; }

        public TimeSpan Retry { get; set; }

        public TaskCompletionSource? Flushed { get; set; }
    }
}
