using Grpc.Core;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

public sealed partial class ProcessRuntime
{
    /// <inheritdoc/>
    public Task<string> CreateContainerAsync(
        string sandboxId,
        ContainerConfig config,
        PodSandboxConfig sandboxConfig,
        CancellationToken cancellation)
    {
        ProcessSandbox sandbox = Sandbox(sandboxId);
        if (!sandbox.Record.Ready)
        {
            throw CriError.Unknown($"sandbox \"{sandboxId}\" is not running");
        }

        if (config.Metadata is null)
        {
            throw CriError.Invalid("container config must include metadata");
        }

        if (config.Command.Count == 0 && config.Args.Count == 0)
        {
            throw CriError.Invalid($"the process runtime needs a command: image \"{(config.Image?.UserSpecifiedImage is { Length: > 0 } said ? said : config.Image?.Image)}\" is only a label here");
        }

        if (ContainersOf(sandboxId).FirstOrDefault(c => c.Config.Metadata.Equals(config.Metadata)) is { } other)
        {
            throw CriError.Unknown(
                $"failed to reserve container name \"{config.Metadata.Name}_{sandbox.Config.Metadata.Uid}_{config.Metadata.Attempt}\": name is reserved for \"{other.Id}\"");
        }

        string id = _options.NewId();
        string directory = Path.Combine(ContainersDirectory, id);
        Directory.CreateDirectory(directory);
        string logPath = config.LogPath.Length > 0 && sandbox.Config.LogDirectory.Length > 0
            ? Path.Combine(sandbox.Config.LogDirectory, config.LogPath)
            : "";
        ProcessRecordFiles.WriteConfig(directory, config);
        ContainerRecord record = new() { SandboxId = sandboxId, LogPath = logPath, CreatedAt = NowNanoseconds() };
        ProcessContainer container = new(id, directory, config.Clone(), record);
        Supervision.LinkVolumes(container);
        container.Save(record);
        _containers[id] = container;
        Publish(id, sandbox, ContainerEventType.ContainerCreatedEvent);
        return Task.FromResult(id);
    }

    /// <inheritdoc/>
    public Task StartContainerAsync(string containerId, CancellationToken cancellation)
    {
        ProcessContainer container = Container(containerId);
        ProcessSandbox sandbox = Sandbox(container.Record.SandboxId);
        lock (container.Gate)
        {
            if (container.Record.Stage != ContainerStage.Created)
            {
                throw CriError.Unknown($"container \"{containerId}\" is in {ToState(container.Record.Stage)} state");
            }

            if (!sandbox.Record.Ready)
            {
                throw CriError.Unknown($"sandbox container \"{sandbox.Id}\" is not running");
            }

            try
            {
                Launch(container, sandbox);
            }
            catch (Exception e) when (e is RpcException or IOException or UnauthorizedAccessException)
            {
                FailStart(container, e);
                Publish(containerId, sandbox, ContainerEventType.ContainerStoppedEvent);
                throw e as RpcException ?? CriError.Unknown($"failed to start container \"{containerId}\": {e.Message}");
            }
        }

        Publish(containerId, sandbox, ContainerEventType.ContainerStartedEvent);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopContainerAsync(string containerId, long timeoutSeconds, CancellationToken cancellation) =>
        _containers.TryGetValue(containerId, out ProcessContainer? container)
            ? StopAsync(container, TimeSpan.FromSeconds(Math.Max(0, timeoutSeconds)), cancellation)
            : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellation)
    {
        if (!_containers.TryGetValue(containerId, out ProcessContainer? container))
        {
            return;
        }

        await StopAsync(container, TimeSpan.Zero, cancellation);
        if (_containers.TryRemove(containerId, out _))
        {
            Directory.Delete(container.Directory, recursive: true);
            if (_sandboxes.TryGetValue(container.Record.SandboxId, out ProcessSandbox? sandbox))
            {
                Publish(containerId, sandbox, ContainerEventType.ContainerDeletedEvent);
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Container>> ListContainersAsync(ContainerFilter? filter, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Container>>(
        [
            .. _containers.Values.Select(ToListed)
                .Where(c => filter is null
                    || ((filter.Id.Length == 0 || c.Id.StartsWith(filter.Id, StringComparison.Ordinal))
                        && (filter.State is null || c.State == filter.State.State)
                        && (filter.PodSandboxId.Length == 0 || c.PodSandboxId == filter.PodSandboxId)
                        && Matches(filter.LabelSelector, c.Labels)))
                .OrderByDescending(c => c.CreatedAt),
        ]);

    /// <inheritdoc/>
    public Task<ContainerStatusResponse> ContainerStatusAsync(string containerId, bool verbose, CancellationToken cancellation) =>
        Task.FromResult(new ContainerStatusResponse { Status = ToStatus(Container(containerId)) });

    /// <inheritdoc/>
    public Task ReopenContainerLogAsync(string containerId, CancellationToken cancellation)
    {
        ProcessContainer container = Container(containerId);
        if (container.Record.Stage != ContainerStage.Running)
        {
            throw CriError.Unknown($"container \"{containerId}\" is not running");
        }

        container.ReopenLog();
        return Task.CompletedTask;
    }

    private void Launch(ProcessContainer container, ProcessSandbox sandbox)
    {
        Supervision supervision = _supervision ?? throw CriError.Precondition(_missing!);
        string workingDirectory = Supervision.WorkingDirectory(container);
        List<string> command = supervision.Command([.. container.Config.Command, .. container.Config.Args], container.Config, workingDirectory);
        List<string> environment = Supervision.Environment(container, sandbox.Config);
        container.Save(container.Record with { Stage = ContainerStage.Starting });
        container.OpenLog(_watcher, _time);
        string output = Path.Combine(container.Directory, "stdout");
        List<SpawnStream> streams = [SpawnStream.Nothing, SpawnStream.Append(output), SpawnStream.Append(Path.Combine(container.Directory, "stderr"))];
        string? terminal = null;
        if (container.Config.Tty)
        {
            (int master, terminal) = Terminal.Open();
            container.Terminal = ContainerTerminal.Open(master, output, _poller);
            streams.Add(SpawnStream.Copy(master));
        }
        else if (container.Config.Stdin)
        {
            Native.Valid(Native.MakeFifo(container.InputPipe, 0x180), "mkfifo");
        }

        int pid = ProcessSpawner.Start(
            Supervision.Shell, supervision.SupervisorArguments(container, workingDirectory, terminal, command), environment, streams);
        container.Supervisor = pid;
        container.Save(container.Record with { Stage = ContainerStage.Running, StartedAt = NowNanoseconds() });
        _watcher.WatchProcess(pid, _ => SupervisorEnded(container));
        LogContainerStarted(container.Config.Metadata.Name, container.Id, pid);
    }

    private void FailStart(ProcessContainer container, Exception error)
    {
        container.Terminal?.Dispose();
        container.CloseLog(_watcher);
        long now = NowNanoseconds();
        container.Save(container.Record with
        {
            Stage = ContainerStage.Exited,
            // As containerd reports it: a start error has begun at the epoch and code 128.
            StartedAt = 0,
            FinishedAt = now,
            ExitCode = 128,
            Reason = "StartError",
            Message = error is RpcException rpc ? rpc.Status.Detail : error.Message,
        });
        container.Ended.TrySetResult();
    }

    private static ContainerState ToState(ContainerStage stage) => stage switch
    {
        ContainerStage.Created => ContainerState.ContainerCreated,
        ContainerStage.Exited => ContainerState.ContainerExited,
        _ => ContainerState.ContainerRunning,
    };

    private static Container ToListed(ProcessContainer container)
    {
        Container listed = new()
        {
            Id = container.Id,
            PodSandboxId = container.Record.SandboxId,
            Metadata = container.Config.Metadata,
            Image = container.Config.Image,
            ImageRef = ImageId(container.Config.Image),
            ImageId = ImageId(container.Config.Image),
            State = ToState(container.Record.Stage),
            CreatedAt = container.Record.CreatedAt,
        };
        listed.Labels.Add(container.Config.Labels);
        listed.Annotations.Add(container.Config.Annotations);
        return listed;
    }

    private static ContainerStatus ToStatus(ProcessContainer container)
    {
        ContainerRecord record = container.Record;
        ContainerStatus status = new()
        {
            Id = container.Id,
            Metadata = container.Config.Metadata,
            State = ToState(record.Stage),
            CreatedAt = record.CreatedAt,
            StartedAt = record.StartedAt,
            FinishedAt = record.FinishedAt,
            ExitCode = record.ExitCode,
            Image = container.Config.Image,
            ImageRef = ImageId(container.Config.Image),
            ImageId = ImageId(container.Config.Image),
            Reason = record.Reason,
            Message = record.Message,
            LogPath = record.LogPath,
        };
        status.Labels.Add(container.Config.Labels);
        status.Annotations.Add(container.Config.Annotations);
        status.Mounts.AddRange(container.Config.Mounts);
        return status;
    }
}
