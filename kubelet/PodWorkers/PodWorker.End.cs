using Kube.Api.Core.V1;
using Kube.Kubelet.Logs;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

internal sealed partial class PodWorker
{
    /// <summary>Ended containers of each name that are kept: the last, and the one before for its logs and state.</summary>
    private const int KeptContainers = 2;

    /// <summary>
    /// Ends a pod that is deleted or gone: containers first, with their grace; then everything on the node; then, once
    /// its last status is with the API server, the object itself.
    /// </summary>
    private async Task TerminateAsync(PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        _services.Probes.StopLivenessAndStartup(Pod.Uid());
        await StopGracefullyAsync(runtime, cancellation);
        Pod pod = Pod;
        _services.Probes.Forget(pod.Uid());
        PodRuntimeStatus after = await ReadRuntimeAsync(cancellation);
        if (!_desired.Removed)
        {
            if (_rejected is null && (after.Containers.Count > 0 || !Status.IsTerminal()))
            {
                Publish(pod, Build(pod, after, terminal: true));
            }

            await _services.Statuses.FlushAsync(pod.Uid(), cancellation);
        }

        await RemoveFromNodeAsync(pod, after, cancellation);
        if (!_desired.Removed)
        {
            await _services.Statuses.DeletePodAsync(pod, cancellation);
        }

        _services.Statuses.Forget(pod.Uid());
        _services.Tokens.Forget(pod.Uid());
        _gone = true;
    }

    /// <summary>Stops the containers; a shorter grace that arrives meanwhile (a forced deletion) takes effect at once.</summary>
    private async Task StopGracefullyAsync(PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        long grace = Pod.GraceSeconds();
        bool hooks = true;
        while (true)
        {
            using CancellationTokenSource interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task kill = KillPodAsync(Pod, runtime, grace, hooks, interrupt.Token);
            while (!kill.IsCompleted)
            {
                Task signal = _signals.Reader.WaitToReadAsync(interrupt.Token).AsTask();
                await Task.WhenAny(kill, signal);
                if (signal.IsCompletedSuccessfully && _signals.Reader.TryRead(out _))
                {
                    long now = Pod.GraceSeconds();
                    if (now < grace)
                    {
                        grace = now;
                        hooks = false;
                        break;
                    }
                }
            }

            bool completed = kill.IsCompleted;
            await interrupt.CancelAsync();
            try
            {
                await kill;
            }
            catch (OperationCanceledException) when (!completed && !cancellation.IsCancellationRequested)
            {
                runtime = await ReadRuntimeAsync(cancellation);
                continue;
            }

            return;
        }
    }

    /// <summary>Stops everything of the pod: containers side by side, then sidecars from the last to the first, then sandboxes.</summary>
    private async Task KillPodAsync(Pod pod, PodRuntimeStatus runtime, long graceSeconds, bool runHooks, CancellationToken cancellation)
    {
        DateTimeOffset until = Now + TimeSpan.FromSeconds(graceSeconds);
        List<Container> sidecars = [.. pod.InitContainers().Where(c => c.IsSidecar())];
        IEnumerable<RuntimeContainer> first = runtime.Containers.Where(c => c.Running && !sidecars.Exists(s => s.Name == c.Name));
        await Task.WhenAll(first.Select(c => KillAsync(c, graceSeconds)));
        foreach (Container sidecar in Enumerable.Reverse(sidecars))
        {
            foreach (RuntimeContainer running in runtime.Containers.Where(c => c.Running && c.Name == sidecar.Name))
            {
                await KillAsync(running, Math.Max(1, (long)(until - Now).TotalSeconds));
            }
        }

        foreach (Cri.PodSandboxStatus sandbox in runtime.Sandboxes.Where(s => s.State == Cri.PodSandboxState.SandboxReady))
        {
            await _services.Runtime.StopPodSandboxAsync(sandbox.Id, cancellation);
        }

        Task KillAsync(RuntimeContainer running, long seconds) => KillContainerAsync(
            pod,
            pod.EveryContainer().FirstOrDefault(c => c.Name == running.Name),
            running,
            $"Stopping container {running.Name}",
            seconds,
            runHooks,
            cancellation);
    }

    private async Task KillContainerAsync(
        Pod pod, Container? container, RuntimeContainer running, string message, long graceSeconds, bool runHooks, CancellationToken cancellation)
    {
        string? fieldPath = container is null ? null : FieldPaths.Of(pod, container);
        _services.Events.Event(pod, "Normal", "Killing", message, fieldPath);
        if (runHooks && container?.Lifecycle?.PreStop is { } hook && running.Running)
        {
            DateTimeOffset begun = Now;
            HandlerResult result = await RunHookAsync(pod, container, running.Id, hook, TimeSpan.FromSeconds(graceSeconds), cancellation);
            if (!result.Success)
            {
                _services.Events.Event(pod, "Warning", "FailedPreStopHook", "PreStopHook failed", fieldPath);
            }

            graceSeconds = Math.Max(2, graceSeconds - (long)(Now - begun).TotalSeconds);
        }

        await _services.Runtime.StopContainerAsync(running.Id, graceSeconds, cancellation);
    }

    private async Task RemoveFromNodeAsync(Pod pod, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        foreach (Cri.PodSandboxStatus sandbox in runtime.Sandboxes)
        {
            await _services.Runtime.RemovePodSandboxAsync(sandbox.Id, cancellation);
        }

        _services.Volumes.Unmount(pod.Uid());
        string logs = _services.Configs.LogDirectory(pod);
        if (Directory.Exists(logs))
        {
            Directory.Delete(logs, recursive: true);
        }
    }

    /// <summary>Removes ended containers beyond those kept, their logs, and sandboxes nobody needs.</summary>
    private async Task PruneAsync(Pod pod, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        HashSet<string> kept = [];
        foreach (IGrouping<string, RuntimeContainer> instances in runtime.Containers.GroupBy(c => c.Name))
        {
            kept.UnionWith(instances.Take(KeptContainers).Select(c => c.SandboxId));
            foreach (RuntimeContainer old in instances.Skip(KeptContainers).Where(c => !c.Running))
            {
                await _services.Runtime.RemoveContainerAsync(old.Id, cancellation);
                if (old.Status.LogPath.Length > 0)
                {
                    LogFiles.Remove(old.Status.LogPath);
                }
            }
        }

        foreach (Cri.PodSandboxStatus old in runtime.Sandboxes.Skip(1).Where(s => !kept.Contains(s.Id)))
        {
            await _services.Runtime.RemovePodSandboxAsync(old.Id, cancellation);
        }
    }
}
