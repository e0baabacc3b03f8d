using Kube.Proto.Cri.V1;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>How containers end: signals, the last of their processes, exit codes; and taking over after a restart.</summary>
public sealed partial class ProcessRuntime
{
    /// <summary>Exit code of a container whose end nobody saw, as containerd gives it.</summary>
    private const int UnknownExitCode = 255;

    private const int KillRounds = 100;

    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LaunchTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillPause = TimeSpan.FromMilliseconds(20);

    private async Task StopAsync(ProcessContainer container, TimeSpan grace, CancellationToken cancellation)
    {
        lock (container.Gate)
        {
            if (container.Record.Stage is ContainerStage.Created or ContainerStage.Exited)
            {
                return;
            }
        }

        // A stop right after the start must not signal before there is somebody to signal.
        await WaitAsync(container.Launched.Task, LaunchTimeout, cancellation);
        if (grace > TimeSpan.Zero)
        {
            SignalMain(container, Native.SigTerm);
            if (await WaitAsync(container.Ended.Task, grace, cancellation))
            {
                return;
            }
        }

        container.Killed = true;
        SignalMain(container, Native.SigKill);
        if (!await WaitAsync(container.Ended.Task, KillTimeout, cancellation))
        {
            throw CriError.DeadlineExceeded($"container \"{container.Id}\" did not end within {KillTimeout.TotalSeconds} s after SIGKILL");
        }
    }

    /// <summary>
    /// Signals the container's first process alone, as every runtime does: what it does to its children is its matter,
    /// and what it leaves is killed after its end.
    /// </summary>
    private static void SignalMain(ProcessContainer container, int signal)
    {
        (int supervisor, int main) = container.ReadPids() ?? (container.Supervisor, 0);
        if (main > 0 && ProcessTable.BelongsTo(main, container.Id))
        {
            // ESRCH only says that it was faster.
            _ = Native.Kill(main, signal);
            return;
        }

        foreach (ProcessTable.Entry member in ProcessTable.Members(container.Id, supervisor, main))
        {
            _ = Native.Kill(member.Pid, signal);
        }
    }

    private async Task<bool> WaitAsync(Task task, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(limit, _time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async void SupervisorEnded(ProcessContainer container)
    {
        try
        {
            await FinishAsync(container);
        }
        catch (Exception e)
        {
            LogFinishFailed(e, container.Id);
            container.Ended.TrySetException(e);
        }
    }

    private async Task FinishAsync(ProcessContainer container)
    {
        await KillMembersAsync(container);
        if (container.Terminal is { } terminal)
        {
            // What the container showed last is on its way to the log.
            await WaitAsync(terminal.Drained, DrainTimeout, CancellationToken.None);
            terminal.Dispose();
            container.Terminal = null;
        }

        int? code = container.ReadExitCode();
        long finishedAt = code is null ? NowNanoseconds() : ToNanoseconds(File.GetLastWriteTimeUtc(container.ExitFile));
        lock (container.Gate)
        {
            container.CloseLog(_watcher);
            container.Supervisor = 0;
            int exitCode = code ?? (container.Killed ? 128 + Native.SigKill : UnknownExitCode);
            container.Save(container.Record with
            {
                Stage = ContainerStage.Exited,
                FinishedAt = Math.Max(finishedAt, container.Record.StartedAt),
                ExitCode = exitCode,
                Reason = code is null && !container.Killed ? "Unknown" : exitCode == 0 ? "Completed" : "Error",
            });
        }

        LogContainerExited(container.Config.Metadata.Name, container.Id, container.Record.ExitCode);
        container.Ended.TrySetResult();
        if (_sandboxes.TryGetValue(container.Record.SandboxId, out ProcessSandbox? sandbox))
        {
            Publish(container.Id, sandbox, ContainerEventType.ContainerStoppedEvent);
        }
    }

    /// <summary>Kills whatever the container's first process left behind, until nothing of it lives.</summary>
    private async Task KillMembersAsync(ProcessContainer container)
    {
        int main = container.ReadPids()?.Main ?? 0;
        for (int round = 0; round < KillRounds; round++)
        {
            List<ProcessTable.Entry> members = (await _snapshots.AskAsync()).Members(container.Id, container.Supervisor, main);
            if (members.Count == 0)
            {
                return;
            }

            foreach (ProcessTable.Entry member in members)
            {
                _ = Native.Kill(member.Pid, Native.SigKill);
            }

            await Task.Delay(KillPause, _time);
        }

        LogMembersSurvive(container.Id);
    }

    private void Recover()
    {
        foreach (string directory in Directory.EnumerateDirectories(SandboxesDirectory))
        {
            if (ProcessRecordFiles.Read(directory, ProcessRecordsContext.Default.SandboxRecord) is not { } record)
            {
                Directory.Delete(directory, recursive: true);
                continue;
            }

            string id = Path.GetFileName(directory);
            _sandboxes[id] = new ProcessSandbox(id, directory, ProcessRecordFiles.ReadConfig<PodSandboxConfig>(directory), record);
        }

        foreach (string directory in Directory.EnumerateDirectories(ContainersDirectory))
        {
            if (ProcessRecordFiles.Read(directory, ProcessRecordsContext.Default.ContainerRecord) is not { } record)
            {
                Directory.Delete(directory, recursive: true);
                continue;
            }

            string id = Path.GetFileName(directory);
            ProcessContainer container = new(id, directory, ProcessRecordFiles.ReadConfig<ContainerConfig>(directory), record);
            _containers[id] = container;
            TakeOver(container);
        }
    }

    private void TakeOver(ProcessContainer container)
    {
        if (container.Record.Stage is ContainerStage.Created)
        {
            return;
        }

        if (container.Record.Stage is ContainerStage.Exited)
        {
            container.Ended.TrySetResult();
            return;
        }

        container.OpenLog(_watcher, _time);
        (int supervisor, _) = container.ReadPids() ?? default;
        if (supervisor > 0
            && ProcessTable.BelongsTo(supervisor, container.Id)
            && _watcher.WatchProcess(supervisor, _ => SupervisorEnded(container)))
        {
            container.Supervisor = supervisor;
            TakeOverTerminal(container, supervisor);
            if (container.Record.Stage is ContainerStage.Starting)
            {
                container.Save(container.Record with { Stage = ContainerStage.Running, StartedAt = NowNanoseconds() });
            }

            LogContainerAdopted(container.Config.Metadata.Name, container.Id, supervisor);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(SupervisorEnded, container, preferLocal: false);
    }

    private void TakeOverTerminal(ProcessContainer container, int supervisor)
    {
        if (!container.Config.Tty)
        {
            return;
        }

        try
        {
            container.Terminal = ContainerTerminal.TakeOver(supervisor, Path.Combine(container.Directory, "stdout"), _poller);
        }
        catch (IOException e)
        {
            LogTerminalLost(e, container.Config.Metadata.Name, container.Id);
        }
    }
}
