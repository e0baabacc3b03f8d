using System.Net.Sockets;
using Grpc.Core;
using Kube.Hosting;
using Kube.Kubelet.Runtime;
using Kube.Kubelet.Runtime.Containerd;
using Kube.Kubelet.Runtime.Processes;
using Kube.Proto.Cri.V1;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Host;

/// <summary>Opens the container runtime that the options ask for, and says plainly why one cannot be used.</summary>
internal static class RuntimeChooser
{
    private const string UnixScheme = "unix://";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <exception cref="StartupException">The runtime asked for is not there or not usable.</exception>
    public static async Task<ICriRuntime> OpenAsync(KubeletOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation)
    {
        bool process = options.Runtime == "process" || options.RuntimeEndpoint == "process";
        if (process)
        {
            return OpenProcess(options, time, logs);
        }

        if (!options.RuntimeEndpoint.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            throw new StartupException($"--container-runtime-endpoint {options.RuntimeEndpoint}: only unix:///path and process are supported");
        }

        string socket = options.RuntimeEndpoint[UnixScheme.Length..];
        (ICriRuntime? runtime, string? problem) = await TryContainerdAsync(socket, time, cancellation);
        if (runtime is not null)
        {
            return runtime;
        }

        return options.Runtime == "auto"
            ? OpenProcess(options, time, logs)
            : throw new StartupException($"the container runtime at {options.RuntimeEndpoint} cannot be used: {problem}");
    }

    private static ProcessRuntime OpenProcess(KubeletOptions options, TimeProvider time, ILoggerFactory logs)
    {
        try
        {
            return ProcessRuntime.Open(
                new ProcessRuntimeOptions
                {
                    RootDirectory = Path.Combine(options.RootDirectory, "process-runtime"),
                    NodeAddress = options.NodeAddress,
                },
                time,
                logs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--root-dir {options.RootDirectory}: {e.Message}", e);
        }
    }

    private static async Task<(ICriRuntime? Runtime, string? Problem)> TryContainerdAsync(string socket, TimeProvider time, CancellationToken cancellation)
    {
        if (!File.Exists(socket))
        {
            return (null, "there is no such socket; is containerd running?");
        }

        ContainerdRuntime runtime = new(socket, time);
        using CancellationTokenSource limit = new(AnswerWithin, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        string problem;
        try
        {
            await runtime.VersionAsync(either.Token);
            StatusResponse status = await runtime.StatusAsync(false, either.Token);
            RuntimeCondition? bad = status.Status.Conditions.FirstOrDefault(c => !c.Status);
            if (bad is null)
            {
                return (runtime, null);
            }

            problem = bad.Type == "NetworkReady"
                ? $"it has no pod network: {bad.Message} (put a CNI configuration into its conf_dir; see docs/operations/containerd.md)"
                : $"{bad.Type} is false: {bad.Reason} {bad.Message}";
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            problem = "it does not serve CRI v1 (is the cri plugin disabled in its config.toml?)";
        }
        catch (Exception e) when (e is RpcException or SocketException or HttpRequestException)
        {
            problem = e is RpcException rpc ? CriErrorText(rpc) : e.Message;
        }

        await runtime.DisposeAsync();
        return (null, problem);
    }

    private static string CriErrorText(RpcException e) => e.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded
        ? $"it does not answer within {AnswerWithin.TotalSeconds} s"
        : e.Status.Detail;
}
