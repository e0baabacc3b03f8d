using System.Globalization;
using Google.Protobuf;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

public sealed partial class ProcessRuntime
{
    /// <summary>Most bytes of each stream that ExecSync answers with, as in CRI.</summary>
    private const int MaxExecOutputBytes = 16 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<ExecSyncResponse> ExecSyncAsync(
        string containerId,
        IReadOnlyList<string> command,
        long timeoutSeconds,
        CancellationToken cancellation)
    {
        (ProcessContainer container, ProcessSandbox sandbox) = RunningFor(containerId, command);
        string directory = Path.Combine(container.Directory, "exec-" + _options.NewId()[..16]);
        Directory.CreateDirectory(directory);
        try
        {
            return await RunAsync(container, sandbox, command, directory, timeoutSeconds, cancellation);
        }
        finally
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    /// <exception cref="Grpc.Core.RpcException">The container does not run, or there is no command.</exception>
    private (ProcessContainer Container, ProcessSandbox Sandbox) RunningFor(string containerId, IReadOnlyList<string> command)
    {
        ProcessContainer container = Container(containerId);
        if (container.Record.Stage != ContainerStage.Running)
        {
            throw CriError.Unknown($"failed to exec in container: container is in {ToState(container.Record.Stage)} state");
        }

        return command.Count > 0
            ? (container, Sandbox(container.Record.SandboxId))
            : throw CriError.Invalid("failed to exec in container: no command");
    }

    private async Task<ExecSyncResponse> RunAsync(
        ProcessContainer container,
        ProcessSandbox sandbox,
        IReadOnlyList<string> command,
        string directory,
        long timeoutSeconds,
        CancellationToken cancellation)
    {
        string workingDirectory = Supervision.WorkingDirectory(container);
        List<string> resolved = _supervision!.Command(command, container.Config, workingDirectory);
        string output = Path.Combine(directory, "stdout");
        string error = Path.Combine(directory, "stderr");
        TaskCompletionSource<int?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int pid = ProcessSpawner.Start(
            Supervision.Shell,
            Supervision.ExecArguments(workingDirectory, resolved),
            Supervision.Environment(container, sandbox.Config),
            SpawnStream.Nothing,
            SpawnStream.Append(output),
            SpawnStream.Append(error));
        _watcher.WatchProcess(pid, ended.SetResult);
        TimeSpan limit = timeoutSeconds > 0 ? TimeSpan.FromSeconds(timeoutSeconds) : Timeout.InfiniteTimeSpan;
        try
        {
            int status = await ended.Task.WaitAsync(limit, _time, cancellation) ?? 0;
            return new ExecSyncResponse
            {
                ExitCode = ExitCode(status),
                Stdout = await ReadOutputAsync(output, cancellation),
                Stderr = await ReadOutputAsync(error, cancellation),
            };
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            _ = Native.Kill(-pid, Native.SigKill);
            if (e is OperationCanceledException)
            {
                throw;
            }

            throw CriError.DeadlineExceeded(string.Create(
                CultureInfo.InvariantCulture,
                $"failed to exec in container: timeout {timeoutSeconds}s exceeded: context deadline exceeded"));
        }
    }

    /// <summary>A shell's exit code of a wait status: the code, or 128 and the signal.</summary>
    internal static int ExitCode(int waitStatus) =>
        (waitStatus & 0x7f) == 0 ? (waitStatus >> 8) & 0xff : 128 + (waitStatus & 0x7f);

    private static async Task<ByteString> ReadOutputAsync(string path, CancellationToken cancellation)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, useAsync: true);
        byte[] content = new byte[Math.Min(file.Length, MaxExecOutputBytes)];
        int read = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellation);
        return ByteString.CopyFrom(content, 0, read);
    }
}
