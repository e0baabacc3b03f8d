using Kube.Streams.Remote;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// A command started in a container with a client's streams: pipes, or a terminal that is the command's own. Disposing closes
/// this side of them.
/// </summary>
internal sealed class ExecProcess : IDisposable
{
    private readonly DescriptorPoller _poller;
    private readonly List<DescriptorStream> _owned = [];
    private readonly List<int> _theirs = [];

    private ExecProcess(DescriptorPoller poller) => _poller = poller;

    public int Pid { get; private set; }

    /// <summary>What the command reads; null when it reads nothing.</summary>
    public DescriptorStream? Input { get; private set; }

    /// <summary>What the command writes, a terminal's everything.</summary>
    public DescriptorStream? Output { get; private set; }

    public DescriptorStream? Error { get; private set; }

    /// <exception cref="IOException">The command could not be started.</exception>
    public static ExecProcess Start(
        IReadOnlyList<string> arguments, IReadOnlyList<string> environment, bool terminal, RemoteSession session, DescriptorPoller poller)
    {
        ExecProcess process = new(poller);
        try
        {
            SpawnStream[] streams = terminal ? process.OpenTerminal() : process.OpenPipes(session);
            process.Pid = ProcessSpawner.Start(Supervision.Shell, arguments, environment, streams);
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
        finally
        {
            foreach (int fd in process._theirs)
            {
                _ = Native.Close(fd);
            }
        }
    }

    /// <summary>The command sees the end of its input. A terminal's input has none before the terminal itself ends.</summary>
    public void EndInput() => Input?.Dispose();

    public void Dispose()
    {
        foreach (DescriptorStream stream in _owned)
        {
            stream.Dispose();
        }
    }

    private SpawnStream[] OpenTerminal()
    {
        (int master, string path) = Terminal.Open();
        Output = Own(master);
        // A descriptor of its own for writing, as each has one waiter.
        Input = Own(Native.Valid(Native.FileControl(master, Native.DuplicateCloseOnExec, 0), "fcntl"));
        return [SpawnStream.Terminal(path), SpawnStream.Copy(0), SpawnStream.Copy(0)];
    }

    private SpawnStream[] OpenPipes(RemoteSession session)
    {
        SpawnStream input = SpawnStream.Nothing;
        if (session.Input is not null)
        {
            (int theirs, int ours) = OpenPipe();
            _theirs.Add(theirs);
            Input = Own(ours);
            input = SpawnStream.Copy(theirs);
        }

        (int output, int writeOutput) = OpenPipe();
        _theirs.Add(writeOutput);
        Output = Own(output);
        (int error, int writeError) = OpenPipe();
        _theirs.Add(writeError);
        Error = Own(error);
        return [input, SpawnStream.Copy(writeOutput), SpawnStream.Copy(writeError)];
    }

    private DescriptorStream Own(int fd)
    {
        DescriptorStream stream = new(fd, _poller);
        _owned.Add(stream);
        return stream;
    }

    private static (int Read, int Write) OpenPipe()
    {
        int[] ends = new int[2];
        Native.Valid(Native.Pipe(ref ends[0], Native.CloseOnExec), "pipe2");
        return (ends[0], ends[1]);
    }
}
