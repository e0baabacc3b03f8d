using System.Runtime.InteropServices;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// A container's terminal. Its supervisor holds the master open, so that the container goes on while no kubelet runs; a later
/// kubelet takes a copy of it from there. What the container shows is written to its raw output file, from
/// which logs and attached clients read. <see cref="Drained"/> completes when nobody has the terminal open any more.
/// </summary>
internal sealed class ContainerTerminal : IDisposable
{
    /// <summary>The supervisor's descriptor of the master.</summary>
    public const int SupervisorDescriptor = 3;

    private readonly DescriptorPoller _poller;
    private readonly DescriptorStream _output;
    private readonly int _master;

    private ContainerTerminal(int master, string file, DescriptorPoller poller)
    {
        _poller = poller;
        _master = master;
        _output = new DescriptorStream(Duplicate(master), poller);
        Drained = PumpAsync(file);
    }

    public Task Drained { get; }

    /// <summary>Takes a new terminal's master over; <paramref name="file"/> is where its output goes.</summary>
    public static ContainerTerminal Open(int master, string file, DescriptorPoller poller) => new(master, file, poller);

    /// <summary>Takes the master from the supervisor that an earlier kubelet started.</summary>
    /// <exception cref="IOException">The system does not let us.</exception>
    public static ContainerTerminal TakeOver(int supervisor, string file, DescriptorPoller poller)
    {
        int process = Native.Valid(Native.PidFdOpen(supervisor), "pidfd_open");
        try
        {
            return new ContainerTerminal(Native.Valid(Native.PidFdGetFd(process, SupervisorDescriptor), "pidfd_getfd"), file, poller);
        }
        finally
        {
            _ = Native.Close(process);
        }
    }

    /// <summary>A way in of its own, for one client.</summary>
    public DescriptorStream OpenInput() => new(Duplicate(_master), _poller);

    public void Dispose()
    {
        _output.Dispose();
        _ = Native.Close(_master);
    }

    private static int Duplicate(int fd) => Native.Valid(Native.FileControl(fd, Native.DuplicateCloseOnExec, 0), "fcntl");

    private async Task PumpAsync(string path)
    {
        try
        {
            await using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            await StreamCopy.OutAsync(_output, file, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Let go of: the kubelet ends, or the container is gone.
        }
    }
}
