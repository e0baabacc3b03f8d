using System.Diagnostics;
using Kube.Robustness.Chaos.Isolation;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>What a member's process does.</summary>
internal enum MemberState
{
    Down,
    Running,
    Paused,
}

/// <summary>The end of a member's process that nobody asked for.</summary>
/// <param name="At">Since the run's start.</param>
internal sealed record UnexpectedExit(string Member, TimeSpan At, int ExitCode, string LastWords);

/// <summary>One member: its process, disk and clock. The injector's lanes call it one after the other.</summary>
internal sealed class Member(MemberAddress address, MemberDisk disk, MemberClock? clock, string logFile, RunClock runClock) : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(20);

    /// <summary>An orderly stop may take this long; a member that needs more is hung.</summary>
    private static readonly TimeSpan TerminateLimit = TimeSpan.FromSeconds(40);

    private Process? _process;
    private volatile bool _isEndWanted;

    public MemberAddress Address { get; } = address;

    public MemberDisk Disk { get; } = disk;

    public MemberClock? Clock { get; } = clock;

    public string LogFile { get; } = logFile;

    public string DataDirectory => Path.Combine(Disk.Directory, "data");

    public bool IsPaused { get; private set; }

    public MemberState State => _process is null or { HasExited: true } ? MemberState.Down : IsPaused ? MemberState.Paused : MemberState.Running;

    /// <summary>The process id while it runs.</summary>
    public int? ProcessId => State == MemberState.Down ? null : _process!.Id;

    /// <summary>How often a process was started for it.</summary>
    public int Starts { get; private set; }

    /// <summary>Called on a thread of the pool when the process ended without having been told to.</summary>
    public Action<UnexpectedExit>? OnUnexpectedExit { get; set; }

    /// <summary>Starts the process; returns before it serves.</summary>
    /// <param name="enter">Words that put it into the member's network.</param>
    /// <param name="command">Program and arguments.</param>
    public void Start(IReadOnlyList<string> enter, IReadOnlyList<string> command)
    {
        if (State != MemberState.Down)
        {
            throw new HarnessException($"{Address.Name} runs already");
        }

        _process?.Dispose();
        _isEndWanted = false;
        IsPaused = false;
        Starts++;

        // Every word executes the next in place, so the id is the member's own; the session keeps a terminal's Ctrl-C from it.
        const string Script = """
            if [ -n "$1" ]; then echo $$ >"$1"; fi
            log=$2; shift 2; exec setsid "$@" >>"$log" 2>&1 </dev/null
            """;
        var start = new ProcessStartInfo("sh");
        foreach (var word in (string[])["-c", Script, "sh", Disk.ThrottleGroupFile ?? "", LogFile, .. enter, "env", .. Clock?.Environment ?? [], .. command])
        {
            start.ArgumentList.Add(word);
        }

        var process = Process.Start(start) ?? throw new HarnessException("sh did not start");
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => OnExited(process);
        _process = process;
    }

    /// <summary>kill -9. Returns once the process is gone.</summary>
    public async Task KillAsync()
    {
        _isEndWanted = true;
        await EndAsync(Native.SigKill, KillLimit);
    }

    /// <summary>SIGTERM. Returns once the process is gone.</summary>
    /// <exception cref="TimeoutException">It did not end; it is killed then.</exception>
    public async Task TerminateAsync()
    {
        _isEndWanted = true;
        try
        {
            await EndAsync(Native.SigTerm, TerminateLimit);
        }
        catch (TimeoutException)
        {
            await EndAsync(Native.SigKill, KillLimit);
            throw;
        }
    }

    /// <summary>From here on the process may end by itself.</summary>
    public void ExpectEnd() => _isEndWanted = true;

    public void Pause()
    {
        if (ProcessId is { } pid && Native.Signal(pid, Native.SigStop))
        {
            IsPaused = true;
        }
    }

    public void Resume()
    {
        if (ProcessId is { } pid)
        {
            Native.Signal(pid, Native.SigCont);
        }

        IsPaused = false;
    }

    public void Dispose() => _process?.Dispose();

    private async Task EndAsync(int signal, TimeSpan limit)
    {
        if (ProcessId is not { } pid)
        {
            return;
        }

        Native.Signal(pid, signal);
        if (IsPaused && signal != Native.SigKill)
        {
            Resume();
        }

        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Address.Name} did not end within {limit.TotalSeconds:0} s of signal {signal}");
        }

        IsPaused = false;
    }

    private void OnExited(Process process)
    {
        if (!_isEndWanted)
        {
            OnUnexpectedExit?.Invoke(new UnexpectedExit(Address.Name, runClock.Now, process.ExitCode, LastWords()));
        }
    }

    /// <summary>The end of the log, for the message.</summary>
    private string LastWords()
    {
        using var file = File.Open(LogFile, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, 2000), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(6));
    }
}
