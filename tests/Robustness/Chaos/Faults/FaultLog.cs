namespace Kube.Robustness.Chaos.Faults;

/// <summary>One fault that was injected, for the report.</summary>
internal sealed record FaultRecord(string Kind, bool IsBackground, bool TakesMajority, TimeSpan Begun)
{
    /// <summary>What it did to whom.</summary>
    public string What { get; set; } = "";

    /// <summary>When it was in force: what happens to a leader begins here.</summary>
    public TimeSpan Injected { get; set; }

    /// <summary>When all of it was taken back.</summary>
    public TimeSpan? Healed { get; set; }

    /// <summary>When the first write was acknowledged after that.</summary>
    public TimeSpan? Recovered { get; set; }

    /// <summary>Whether the leader was killed, at <see cref="Injected"/>.</summary>
    public bool KilledLeader { get; set; }

    public string? Skipped { get; set; }
}

/// <summary>Faults in the order in which they began. Safe for use from both lanes.</summary>
internal sealed class FaultLog(RunClock clock, TextWriter console)
{
    private readonly Lock _gate = new();
    private readonly List<FaultRecord> _records = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<FaultRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>Promises of availability that were broken; safety is judged from the history.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _problems];
            }
        }
    }

    public FaultRecord Begin(string kind, bool isBackground, bool takesMajority)
    {
        var record = new FaultRecord(kind, isBackground, takesMajority, clock.Now);
        lock (_gate)
        {
            _records.Add(record);
        }

        return record;
    }

    public void Problem(string what)
    {
        lock (_gate)
        {
            _problems.Add($"at {clock.Now.TotalSeconds:F1} s: {what}");
        }

        Say("PROBLEM: " + what);
    }

    /// <summary>A line for whoever watches the run.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            console.WriteLine($"{clock.Now.TotalSeconds,7:F1} s  {line}");
        }
    }
}
