using System.Globalization;
using Kube.Base;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// One container of the process runtime: its configuration, its record and its processes. A small shell supervises the
/// container's first process and writes its exit code down, so that the code is there whether or not a kubelet runs.
/// Stage changes are made under <see cref="Gate"/>; <see cref="Ended"/> completes once the last process is gone, the log
/// is whole and the record is written.
/// </summary>
internal sealed class ProcessContainer(string id, string directory, ContainerConfig config, ContainerRecord record)
{
    private readonly Lock _pumping = new();
    private readonly List<AttachedReader> _readers = [];
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContainerLogPump? _pump;
    private int _watch = -1;

    public string Id { get; } = id;

    public string Directory { get; } = directory;

    public ContainerConfig Config { get; } = config;

    public ContainerRecord Record { get; private set; } = record;

    public Lock Gate { get; } = new();

    /// <summary>Process id of the supervising shell; 0 before start and after the end.</summary>
    public int Supervisor { get; set; }

    /// <summary>Whether this kubelet sent SIGKILL, which tells the code of a container whose supervisor died too.</summary>
    public bool Killed { get; set; }

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the supervisor has said which process it started, or has ended.</summary>
    public TaskCompletionSource Launched { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The directory a container starts in when its pod names none; its volumes are linked there.</summary>
    public string Root => Path.Combine(Directory, "root");

    public string ExitFile => Path.Combine(Directory, "exit");

    /// <summary>The pipe that a container with input and without terminal reads.</summary>
    public string InputPipe => Path.Combine(Directory, "stdin");

    /// <summary>The terminal of a container that has one and runs.</summary>
    public ContainerTerminal? Terminal { get; set; }

    /// <summary>Completes when the container writes again. To be taken before looking, so that nothing is missed.</summary>
    public Task NextChange => _changed.Task;

    private string PidsFile => Path.Combine(Directory, "pids");

    /// <summary>Changes the record on disk, then in memory.</summary>
    public void Save(ContainerRecord next)
    {
        ProcessRecordFiles.Write(Directory, next, ProcessRecordsContext.Default.ContainerRecord);
        Record = next;
    }

    /// <summary>The supervisor and the container's first process, as the supervisor wrote them down; null before it did.</summary>
    public (int Supervisor, int Main)? ReadPids()
    {
        if (!File.Exists(PidsFile))
        {
            return null;
        }

        string[] parts = File.ReadAllText(PidsFile).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Invariant.Check(parts.Length == 2, "the supervisor writes two process ids");
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The exit code that the supervisor wrote down, or null.</summary>
    public int? ReadExitCode() =>
        File.Exists(ExitFile) ? int.Parse(File.ReadAllText(ExitFile).AsSpan().Trim(), CultureInfo.InvariantCulture) : null;

    /// <summary>Begins to move output to the log whenever there is some.</summary>
    public void OpenLog(ProcessWatcher watcher, TimeProvider time)
    {
        lock (_pumping)
        {
            if (Record.LogPath.Length > 0)
            {
                _pump = new ContainerLogPump(Directory, Record.LogPath, time, _readers);
            }

            _watch = watcher.WatchDirectory(Directory, Changed);
        }

        Changed();
    }

    /// <summary>Reads the output that comes from now on; <see cref="CloseReader"/> ends it.</summary>
    public AttachedReader OpenReader(bool isError)
    {
        lock (_pumping)
        {
            AttachedReader reader = new(Path.Combine(Directory, isError ? "stderr" : "stdout"), isError);
            _readers.Add(reader);
            return reader;
        }
    }

    public void CloseReader(AttachedReader reader)
    {
        lock (_pumping)
        {
            _readers.Remove(reader);
        }
    }

    public void ReopenLog()
    {
        lock (_pumping)
        {
            _pump?.Reopen();
        }
    }

    /// <summary>Moves the last output and lets go of the files.</summary>
    public void CloseLog(ProcessWatcher watcher)
    {
        watcher.UnwatchDirectory(_watch);
        Launched.TrySetResult();
        lock (_pumping)
        {
            _pump?.Pump(ended: true);
            _pump?.Dispose();
            _pump = null;
        }
    }

    /// <summary>Lets go of the files without ending anything: the container outlives this kubelet.</summary>
    public void Abandon(ProcessWatcher watcher)
    {
        Terminal?.Dispose();
        watcher.UnwatchDirectory(_watch);
        lock (_pumping)
        {
            _pump?.Dispose();
            _pump = null;
        }
    }

    private void Changed()
    {
        if (!Launched.Task.IsCompleted && File.Exists(PidsFile))
        {
            Launched.TrySetResult();
        }

        lock (_pumping)
        {
            _pump?.Pump(ended: false);
        }

        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
