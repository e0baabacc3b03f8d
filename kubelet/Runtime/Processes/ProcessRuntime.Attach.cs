using Kube.Streams.Remote;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>Attach: a client joins a container's first process.</summary>
public sealed partial class ProcessRuntime
{
    /// <inheritdoc/>
    public async Task<RemoteStatus> AttachAsync(string containerId, bool terminal, RemoteSession session, CancellationToken cancellation)
    {
        ProcessContainer container = Container(containerId);
        if (container.Record.Stage != ContainerStage.Running)
        {
            throw CriError.Unknown($"container is in {ToState(container.Record.Stage)} state");
        }

        await WaitAsync(container.Launched.Task, LaunchTimeout, cancellation);
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation, session.Gone);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        using DescriptorStream? input = session.Input is null ? null : OpenInput(container);
        Task typing = input is null ? Task.CompletedTask : TypeAsync(container, session.Input!, input, done.Token);
        Task sizes = session.Sizes is { } changes && input is not null && container.Terminal is not null
            ? StreamCopy.SizesAsync(changes, size => input.Resize(size.Columns, size.Rows), done.Token)
            : Task.CompletedTask;
        try
        {
            await Task.WhenAll(
                ShowAsync(container, isError: false, session.Output, gone.Token),
                ShowAsync(container, isError: true, session.Error, gone.Token));
            await container.Ended.Task.WaitAsync(gone.Token);
            return RemoteStatus.Success;
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(typing, sizes);
        }
    }

    /// <summary>A way into the container's terminal or pipe; null when it was started without one, or has closed it.</summary>
    private DescriptorStream? OpenInput(ProcessContainer container)
    {
        if (container.Terminal is { } terminal)
        {
            return terminal.OpenInput();
        }

        const int WriteNonBlocking = 1 | Native.NonBlock | Native.CloseOnExec;
        int fd = container.Config.Stdin ? Native.Open(container.InputPipe, WriteNonBlocking) : -1;
        return fd < 0 ? null : new DescriptorStream(fd, _poller);
    }

    /// <summary>Passes on what the client types. A container that takes input once sees its end when the client ends or goes.</summary>
    private static async Task TypeAsync(ProcessContainer container, Stream typed, DescriptorStream input, CancellationToken cancellation)
    {
        await StreamCopy.InAsync(typed, input, static () => { }, cancellation);
        if (container.Terminal is null)
        {
            input.Dispose();
            if (container.Config.StdinOnce && container.ReadPids() is var (supervisor, _) && ProcessTable.BelongsTo(supervisor, container.Id))
            {
                // The supervisor lets go of the pipe, which it alone still holds open for writing.
                _ = Native.Kill(supervisor, Native.SigUsr1);
            }
        }
    }

    private static async Task ShowAsync(ProcessContainer container, bool isError, Stream? to, CancellationToken cancellation)
    {
        if (to is null)
        {
            return;
        }

        using AttachedReader reader = container.OpenReader(isError);
        try
        {
            byte[] buffer = new byte[32 * 1024];
            while (true)
            {
                Task changed = container.NextChange;
                bool ended = container.Ended.Task.IsCompleted;
                int read = await reader.ReadAsync(buffer, cancellation);
                if (read > 0)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                }
                else if (ended)
                {
                    return;
                }
                else
                {
                    await Task.WhenAny(changed, container.Ended.Task).WaitAsync(cancellation);
                }
            }
        }
        finally
        {
            container.CloseReader(reader);
        }
    }
}
