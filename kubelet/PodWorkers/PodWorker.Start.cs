using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Api.Nodes.V1;
using Kube.Kubelet.Probes;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Volumes;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

internal sealed partial class PodWorker
{
    private static readonly TimeSpan RetryStartAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HookLimit = TimeSpan.FromMinutes(2);

    /// <summary>Makes the volumes; answers when to try again, or null when they are there.</summary>
    private async Task<TimeSpan?> MountVolumesAsync(Pod pod, CancellationToken cancellation)
    {
        try
        {
            _volumes = await _services.Volumes.MountAsync(pod, _status ?? pod.Status ?? new PodStatus(), cancellation);
            _volumesAt = Now;
            _volumesOf = pod;
            _retries.Reset("volumes");
            return null;
        }
        catch (VolumeException e)
        {
            _services.Events.Event(pod, "Warning", "FailedMount", e.Message);
            DateTimeOffset now = Now;
            _retries.Next("volumes", now, now);
            return _retries.Delay("volumes");
        }
    }

    /// <summary>Creates the sandbox; answers when to try again, or null when it is there.</summary>
    private async Task<TimeSpan?> CreateSandboxAsync(Pod pod, uint attempt, CancellationToken cancellation)
    {
        try
        {
            Cri.PodSandboxConfig config = _services.Configs.Sandbox(pod, attempt);
            foreach ((string reason, string message) in _services.Configs.Resolver(pod).Warnings)
            {
                _services.Events.Event(pod, "Warning", reason, message);
            }

            Directory.CreateDirectory(config.LogDirectory);
            await _services.Runtime.RunPodSandboxAsync(config, await RuntimeHandlerAsync(pod, cancellation), cancellation);
            _retries.Reset("sandbox");
            return null;
        }
        catch (Exception e) when (e is RpcException or ContainerConfigException)
        {
            _services.Events.Event(pod, "Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {CriError.Text(e)}");
            DateTimeOffset now = Now;
            _retries.Next("sandbox", now, now);
            return _retries.Delay("sandbox");
        }
    }

    /// <summary>The handler that the pod's runtime class names; the runtime's default, an empty name, for a pod without a class.</summary>
    private async Task<string> RuntimeHandlerAsync(Pod pod, CancellationToken cancellation)
    {
        if (pod.Spec?.RuntimeClassName is not { Length: > 0 } name)
        {
            return "";
        }

        RuntimeClass found = await _services.Objects.RuntimeClassAsync(name, cancellation)
            ?? throw new ContainerConfigException($"Failed to create sandbox for pod \"{pod.Describe()}\": runtimeclass.node.k8s.io \"{name}\" not found");
        return found.Handler ?? "";
    }

    /// <summary>Starts a container unless it has to wait; answers when to try again, or null when it runs.</summary>
    private async Task<TimeSpan?> StartAsync(Pod pod, Container container, PodRuntimeStatus runtime, CancellationToken cancellation)
    {
        string fieldPath = FieldPaths.Of(pod, container);
        RuntimeContainer? last = runtime.Find(container.Name);
        string key = $"{container.Name}_{container.Hash()}";
        if (last is { Exited: true })
        {
            DateTimeOffset finished = DateTimeOffset.UnixEpoch.AddTicks(last.Status.FinishedAt / 100);
            TimeSpan remaining = _restarts.Remaining(key, finished, Now);
            if (remaining > TimeSpan.Zero)
            {
                BackOff(pod, container, key, fieldPath);
                return remaining;
            }

            _restarts.Next(key, finished, Now);
        }

        if (_failedStarts.TryGetValue(container.Name!, out DateTimeOffset failedAt)
            && failedAt + RetryStartAfter - Now is var wait && wait > TimeSpan.Zero)
        {
            return wait;
        }

        try
        {
            await StartNowAsync(pod, container, runtime, last, fieldPath, cancellation);
            _waiting.Remove(container.Name!);
            _failedStarts.Remove(container.Name!);
            return null;
        }
        catch (ContainerStartException e)
        {
            WaitingReason reason = new(e.Reason, e.Message);
            if (!reason.Equals(_waiting.GetValueOrDefault(container.Name!)))
            {
                bool named = e.Reason is "ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull" or "InvalidImageName";
                _services.Events.Event(pod, "Warning", "Failed", $"Error: {(named ? e.Reason : e.Message)}", fieldPath);
            }

            _waiting[container.Name!] = reason;
            return RetryIn(pod, container, e);
        }
    }

    private TimeSpan RetryIn(Pod pod, Container container, ContainerStartException e)
    {
        switch (e.Reason)
        {
            case "ErrImagePull":
                // Soon, so that the back-off is seen as such.
                return RetryAfterError;
            case "ImagePullBackOff":
                return _images.Remaining(pod, container) is var left && left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
            case "RunContainerError":
                // The container has ended; the restart policy and its back-off decide.
                return TimeSpan.FromMilliseconds(1);
            default:
                _failedStarts[container.Name!] = Now;
                return RetryStartAfter;
        }
    }

    private void BackOff(Pod pod, Container container, string key, string fieldPath)
    {
        string delay = GoDuration.Format(_restarts.Delay(key));
        WaitingReason reason = new("CrashLoopBackOff", $"back-off {delay} restarting failed container={container.Name} pod={pod.Describe()}");
        if (!reason.Equals(_waiting.GetValueOrDefault(container.Name!)))
        {
            _services.Events.Event(pod, "Warning", "BackOff", $"Back-off restarting failed container {container.Name} in pod {pod.Describe()}", fieldPath);
        }

        _waiting[container.Name!] = reason;
    }

    private async Task StartNowAsync(
        Pod pod, Container container, PodRuntimeStatus runtime, RuntimeContainer? last, string fieldPath, CancellationToken cancellation)
    {
        Cri.PodSandboxStatus sandbox = runtime.Sandbox ?? throw new ContainerStartException("CreateContainerError", "the pod has no sandbox");
        Cri.PodSandboxConfig sandboxConfig = _services.Configs.Sandbox(pod, sandbox.Metadata.Attempt);
        (string imageRef, Cri.Image? image) = await _images.EnsureAsync(pod, container, sandboxConfig, fieldPath, cancellation);
        if (SecurityContextBuilder.ViolatesNonRoot(pod, container, image) is { } violation)
        {
            throw new ContainerStartException("CreateContainerConfigError", violation);
        }

        int restartCount = last is not null ? last.RestartCount + 1
            : (_status?.ContainerStatuses ?? []).Concat(_status?.InitContainerStatuses ?? []).FirstOrDefault(s => s.Name == container.Name)?.RestartCount ?? 0;
        string id = await CreateAsync(pod, container, runtime, sandbox.Id, sandboxConfig, imageRef, restartCount, cancellation);
        _services.Events.Event(pod, "Normal", "Created", $"Created container: {container.Name}", fieldPath);
        try
        {
            await _services.Runtime.StartContainerAsync(id, cancellation);
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ContainerStartException("RunContainerError", e.Status.Detail);
        }

        _services.Events.Event(pod, "Normal", "Started", $"Started container {container.Name}", fieldPath);
        await PostStartAsync(pod, container, id, fieldPath, cancellation);
    }

    /// <summary>The running container whose processes an ephemeral one is to see; null when it names none.</summary>
    private static string? TargetOf(Pod pod, Container container, PodRuntimeStatus runtime)
    {
        EphemeralContainer? ephemeral = pod.Spec?.EphemeralContainers?.Find(e => e.Name == container.Name);
        return ephemeral?.TargetContainerName is not { Length: > 0 } target ? null
            : runtime.FindInSandbox(target)?.Id ?? throw new ContainerConfigException($"unable to find target container \"{target}\"");
    }

    private async Task<string> CreateAsync(
        Pod pod, Container container, PodRuntimeStatus runtime, string sandboxId, Cri.PodSandboxConfig sandboxConfig, string imageRef, int restartCount, CancellationToken cancellation)
    {
        try
        {
            Cri.ContainerConfig config = await _services.Configs.ContainerAsync(
                pod, container, restartCount, imageRef, _status ?? new PodStatus(), _volumes, TargetOf(pod, container, runtime), cancellation);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(sandboxConfig.LogDirectory, config.LogPath))!);
            return await _services.Runtime.CreateContainerAsync(sandboxId, config, sandboxConfig, cancellation);
        }
        catch (ContainerConfigException e)
        {
            throw new ContainerStartException("CreateContainerConfigError", e.Message);
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ContainerStartException("CreateContainerError", e.Status.Detail);
        }
    }

    private async Task PostStartAsync(Pod pod, Container container, string id, string fieldPath, CancellationToken cancellation)
    {
        if (container.Lifecycle?.PostStart is not { } hook)
        {
            return;
        }

        HandlerResult result = await RunHookAsync(pod, container, id, hook, HookLimit, cancellation);
        if (!result.Success)
        {
            _services.Events.Event(pod, "Warning", "FailedPostStartHook", "PostStartHook failed", fieldPath);
            RuntimeContainer? running = (await ReadRuntimeAsync(cancellation)).Find(container.Name);
            if (running is not null)
            {
                await KillContainerAsync(pod, container, running, "FailedPostStartHook", pod.GraceSeconds(), runHooks: true, cancellation);
            }

            throw new ContainerStartException("PostStartHookError", $"PostStartHook failed: {result.Output}");
        }
    }

    private async Task<HandlerResult> RunHookAsync(
        Pod pod, Container container, string id, LifecycleHandler hook, TimeSpan limit, CancellationToken cancellation)
    {
        if (hook.Sleep is { } sleep)
        {
            TimeSpan time = TimeSpan.FromSeconds(sleep.Seconds);
            await Task.Delay(time < limit ? time : limit, _services.Time, cancellation);
            return new HandlerResult(true, "");
        }

        return hook switch
        {
            { Exec.Command: { } command } => await _services.Handlers.ExecAsync(id, command, limit, cancellation),
            { HttpGet: { } http } => await _services.Handlers.HttpAsync(http, container, ProbeAddress(pod), limit, cancellation),
            { TcpSocket: { } tcp } => await _services.Handlers.TcpAsync(tcp, container, ProbeAddress(pod), limit, cancellation),
            _ => new HandlerResult(false, "invalid handler"),
        };
    }
}
