using System.Globalization;
using Grpc.Core;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Microsoft.Extensions.Logging;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Logs;

/// <summary>How large logs may get.</summary>
internal sealed record LogPolicy
{
    /// <summary>A log that has reached this is rotated; negative: none is.</summary>
    public long MaxSizeBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Files of one container, the one that is written among them; at least 2.</summary>
    public int MaxFiles { get; init; } = 5;

    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Rotates the logs of running containers: renames the file and has the runtime open a new one. A log that cannot be rotated keeps its name and is
/// tried again.
/// </summary>
internal sealed partial class LogRotator(ICriRuntime runtime, KubeletNode node, LogPolicy policy, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (policy.MaxSizeBytes < 0)
        {
            return;
        }

        using PeriodicTimer timer = new(policy.Period, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await RotateAsync(cancellation);
            }
            catch (RpcException e) when (!cancellation.IsCancellationRequested)
            {
                LogListFailed(CriError.Text(e));
            }
        }
    }

    /// <summary>Looks at every running container's log once.</summary>
    public async Task RotateAsync(CancellationToken cancellation)
    {
        Cri.ContainerFilter filter = new()
        {
            LabelSelector = { [KubeletLabels.Kubelet] = node.Name },
            State = new Cri.ContainerStateValue { State = Cri.ContainerState.ContainerRunning },
        };
        foreach (Cri.Container container in await runtime.ListContainersAsync(filter, cancellation))
        {
            string path = PathOf(container);
            FileInfo log = new(path);
            if (log.Exists && log.Length >= policy.MaxSizeBytes)
            {
                await RotateAsync(container.Id, path, cancellation);
            }
        }
    }

    private async Task RotateAsync(string container, string path, CancellationToken cancellation)
    {
        try
        {
            LogFiles.MakeRoom(path, policy.MaxFiles);
            string rotated = LogFiles.RotatedName(path, time.GetUtcNow());
            File.Move(path, rotated);
            try
            {
                await runtime.ReopenContainerLogAsync(container, cancellation);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // The runtime goes on writing to the file it has open; under its old name it is found again.
                File.Move(rotated, path);
                throw;
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is RpcException or IOException or UnauthorizedAccessException)
        {
            LogRotateFailed(path, e is RpcException rpc ? CriError.Text(rpc) : e.Message);
        }
    }

    private string PathOf(Cri.Container container)
    {
        string Label(string name) => container.Labels.TryGetValue(name, out string? value) ? value : "";
        int restarts = container.Annotations.TryGetValue(KubeletLabels.RestartCount, out string? count) ? int.Parse(count, CultureInfo.InvariantCulture) : 0;
        return Path.Combine(
            node.LogDirectory,
            $"{Label(KubeletLabels.PodNamespace)}_{Label(KubeletLabels.PodName)}_{Label(KubeletLabels.PodUid)}",
            ContainerConfigBuilder.LogPath(Label(KubeletLabels.ContainerName), restarts));
    }

    [LoggerMessage(1, LogLevel.Warning, "containers could not be listed to rotate their logs, it is tried again: {Reason}")]
    private partial void LogListFailed(string reason);

    [LoggerMessage(2, LogLevel.Warning, "log {Path} could not be rotated, it is tried again: {Reason}")]
    private partial void LogRotateFailed(string path, string reason);
}
