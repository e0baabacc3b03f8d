using System.Net;
using System.Net.Sockets;
using Kube.Streams.Remote;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>Exec and port-forward with a client's streams.</summary>
public sealed partial class ProcessRuntime
{
    private const string TerminalVariable = "TERM=xterm";

    /// <inheritdoc/>
    public async Task<RemoteStatus> ExecAsync(
        string containerId,
        IReadOnlyList<string> command,
        bool terminal,
        RemoteSession session,
        CancellationToken cancellation)
    {
        (ProcessContainer container, ProcessSandbox sandbox) = RunningFor(containerId, command);
        string workingDirectory = Supervision.WorkingDirectory(container);
        List<string> resolved = _supervision!.Command(command, container.Config, workingDirectory);
        List<string> environment = Supervision.Environment(container, sandbox.Config);
        if (terminal && !environment.Exists(e => e.StartsWith("TERM=", StringComparison.Ordinal)))
        {
            environment.Add(TerminalVariable);
        }

        using ExecProcess process = ExecProcess.Start(
            Supervision.ExecArguments(workingDirectory, resolved), environment, terminal, session, _poller);
        return RemoteStatus.Exited(await RunAsync(process, session, cancellation));
    }

    /// <inheritdoc/>
    public async Task<IForwardedConnection> ConnectAsync(string sandboxId, int port, CancellationToken cancellation)
    {
        ProcessSandbox sandbox = Sandbox(sandboxId);
        IPAddress own = IPAddress.TryParse(sandbox.Record.Address, out IPAddress? address) ? address : IPAddress.Loopback;
        // A program that listens on localhost listens on the node's: pods share it here.
        IPAddress[] candidates = own.Equals(IPAddress.Loopback) ? [own] : [own, IPAddress.Loopback];
        SocketException? refused = null;
        foreach (IPAddress candidate in candidates)
        {
            try
            {
                return await SocketConnection.OpenAsync(new IPEndPoint(candidate, port), cancellation);
            }
            catch (SocketException e)
            {
                refused ??= e;
            }
        }

        throw new IOException($"failed to connect to {own}:{port} of pod: {refused!.Message}", refused);
    }

    /// <summary>Lets the command run to its end and answers its code. A client that goes takes the command's whole session with it.</summary>
    private async Task<int> RunAsync(ExecProcess process, RemoteSession session, CancellationToken cancellation)
    {
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation, session.Gone);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        TaskCompletionSource<int?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _watcher.WatchProcess(process.Pid, ended.SetResult);
        Task output = process.Output is null ? Task.CompletedTask : StreamCopy.OutAsync(process.Output, session.Output, gone.Token);
        Task error = process.Error is null ? Task.CompletedTask : StreamCopy.OutAsync(process.Error, session.Error, gone.Token);
        Action endInput = process.Error is null ? static () => { } : process.EndInput;
        Task input = session.Input is { } typed && process.Input is { } to
            ? StreamCopy.InAsync(typed, to, endInput, done.Token)
            : Task.CompletedTask;
        Task sizes = session.Sizes is { } changes && process.Output is { } screen
            ? StreamCopy.SizesAsync(changes, size => screen.Resize(size.Columns, size.Rows), done.Token)
            : Task.CompletedTask;
        try
        {
            int? status = await ended.Task.WaitAsync(gone.Token);
            // What it left in the pipes is its output too, and that of those it left behind with them.
            await Task.WhenAll(output, error);
            return ExitCode(status ?? 0);
        }
        catch (OperationCanceledException)
        {
            foreach (int pid in ProcessTable.Session(process.Pid))
            {
                _ = Native.Kill(pid, Native.SigKill);
            }

            throw;
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(input, sizes);
            await Task.WhenAll(output, error).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
        }
    }
}
