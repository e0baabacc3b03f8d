using System.Collections.Concurrent;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Client.Rest;
using Kube.Kubelet.PodWorkers;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Sources;

/// <summary>
/// Shows static pods at the API server: for each one an object there that says how it is, and that nobody can use to change it. One
/// that is deleted or stands for another content is made anew; one without its static pod goes. Thread-safe.
/// </summary>
internal sealed partial class MirrorPods(KubeClient client, PodWorkers.PodWorkers workers, string nodeName, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string? Namespace, string? Name), Pod> _mirrors = new();
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ResourceClient<Pod> _pods = client.For<Pod>();

    /// <summary>Called with a static pod's uid and the status its mirror has, when that mirror has just come.</summary>
    public Action<string, PodStatus?> Appeared { get; set; } = static (_, _) => { };

    public static bool IsMirror(Pod pod) => pod.Metadata.Annotations?.ContainsKey(KubeletLabels.ConfigMirror) == true;

    /// <summary>The mirror of a static pod, or null while there is none.</summary>
    public Pod? Of(Pod pod) => _mirrors.TryGetValue(Key(pod), out Pod? mirror) && Mirrors(mirror, pod) ? mirror : null;

    /// <summary>A mirror came or changed.</summary>
    public void Seen(Pod mirror)
    {
        bool isNew = !_mirrors.TryGetValue(Key(mirror), out Pod? before) || before.Uid() != mirror.Uid();
        _mirrors[Key(mirror)] = mirror;
        if (isNew && mirror.Metadata.Annotations!.GetValueOrDefault(KubeletLabels.ConfigMirror) is { } uid)
        {
            Appeared(uid, mirror.Status);
        }

        Signal();
    }

    /// <summary>A mirror is gone.</summary>
    public void Gone(Pod mirror)
    {
        if (_mirrors.TryGetValue(Key(mirror), out Pod? known) && known.Uid() == mirror.Uid())
        {
            _mirrors.TryRemove(new KeyValuePair<(string?, string?), Pod>(Key(mirror), known));
        }

        Signal();
    }

    /// <summary>The static pods may have changed.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Keeps the mirrors right from the time when all of them are known.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await ReconcileAsync(cancellation);
            }
            catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException && !cancellation.IsCancellationRequested)
            {
                LogFailed(logger, e.Message);
            }

            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(_signals.Reader.WaitToReadAsync(either.Token).AsTask(), Task.Delay(Period, time, either.Token));
            await either.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
            _signals.Reader.TryRead(out _);
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellation)
    {
        IReadOnlyList<(Pod Pod, bool Ending)> pods = workers.StaticPods;
        foreach ((Pod pod, bool ending) in pods)
        {
            if (ending)
            {
                continue;
            }

            Pod? mirror = _mirrors.GetValueOrDefault(Key(pod));
            if (mirror is not null && (mirror.IsDeleting() || !Mirrors(mirror, pod)))
            {
                await DeleteAsync(mirror, cancellation);
                mirror = null;
            }

            if (mirror is null)
            {
                await CreateAsync(pod, cancellation);
            }
        }

        HashSet<(string?, string?)> wanted = [.. pods.Select(static p => Key(p.Pod))];
        foreach (Pod orphan in _mirrors.Values.Where(m => !wanted.Contains(Key(m))))
        {
            await DeleteAsync(orphan, cancellation);
        }
    }

    private async Task CreateAsync(Pod pod, CancellationToken cancellation)
    {
        if (await client.For<Node>().FindAsync(null, nodeName, cancellation) is not { } node || node.Metadata.DeletionTimestamp is not null)
        {
            // Without its node it would be collected at once; the next look finds it.
            return;
        }

        Pod mirror = new()
        {
            Metadata = new ObjectMeta
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.Namespace,
                Labels = pod.Metadata.Labels,
                Annotations = new Dictionary<string, string>(pod.Metadata.Annotations ?? [])
                {
                    [KubeletLabels.ConfigMirror] = pod.Metadata.Annotations![KubeletLabels.ConfigHash],
                },
                OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = node.Metadata.Uid, Controller = true }],
            },
            Spec = pod.Spec,
        };
        try
        {
            Seen(await _pods.CreateAsync(mirror, cancellation));
        }
        catch (KubeApiException e) when (e.IsAlreadyExists)
        {
            // The watch is behind: what it brings is looked at then.
        }
    }

    private async Task DeleteAsync(Pod mirror, CancellationToken cancellation)
    {
        try
        {
            await _pods.DeleteAsync(
                mirror.Metadata.Namespace, mirror.Metadata.Name!, new DeleteRequest { GracePeriodSeconds = 0, PreconditionUid = mirror.Metadata.Uid }, cancellation);
        }
        catch (KubeApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // It is gone already, or another has its name.
        }

        Gone(mirror);
    }

    private static (string? Namespace, string? Name) Key(Pod pod) => (pod.Metadata.Namespace, pod.Metadata.Name);

    private static bool Mirrors(Pod mirror, Pod pod) =>
        mirror.Metadata.Annotations?.GetValueOrDefault(KubeletLabels.ConfigMirror) is { } hash
        && hash == pod.Metadata.Annotations?.GetValueOrDefault(KubeletLabels.ConfigHash);

    [LoggerMessage(1, LogLevel.Warning, "the mirrors of static pods could not be brought up to date, it is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
