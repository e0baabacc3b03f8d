namespace Kube.Robustness.Checking;

/// <summary>How an operation ended, as its client knows.</summary>
public enum Outcome
{
    /// <summary>No answer: it may have taken effect, may do so later, or never.</summary>
    Unknown,

    /// <summary>Answered: it took effect between invocation and return.</summary>
    Completed,

    /// <summary>Refused: it never takes effect.</summary>
    Refused,
}

/// <summary>One operation of one client. Its ends are noted by the client that did it, once.</summary>
public sealed class Operation
{
    internal Operation(int number, int client, KvOp op, TimeSpan invoked)
    {
        Number = number;
        Client = client;
        Op = op;
        Invoked = invoked;
    }

    /// <summary>Its place in the history, in order of invocation.</summary>
    public int Number { get; }

    public int Client { get; }

    public KvOp Op { get; }

    /// <summary>When it was asked for, by the run's one clock.</summary>
    public TimeSpan Invoked { get; }

    /// <summary>When the answer or the failure came; meaningless while <see cref="Outcome"/> is unknown.</summary>
    public TimeSpan Returned { get; private set; } = TimeSpan.MaxValue;

    public Outcome Outcome { get; private set; }

    /// <summary>The answer of a completed operation.</summary>
    public KvResult? Result { get; private set; }

    /// <summary>Why it was refused.</summary>
    public string Refusal { get; private set; } = "";

    /// <summary>Notes the answer.</summary>
    public void Complete(KvResult result, TimeSpan now) => End(Outcome.Completed, result, "", now);

    /// <summary>Notes that it was refused: it took no effect and never will.</summary>
    public void Refuse(string reason, TimeSpan now) => End(Outcome.Refused, null, reason, now);

    /// <summary>Notes that its client gave up: whether it takes effect, and when, is open.</summary>
    public void Lose(TimeSpan now) => End(Outcome.Unknown, null, "", now);

    public override string ToString() => Outcome switch
    {
        Outcome.Completed => $"#{Number} client {Client} {Op} -> {Describe(Result!)} [{Invoked.TotalSeconds:F3} s, {Returned.TotalSeconds:F3} s]",
        Outcome.Refused => $"#{Number} client {Client} {Op} -> refused: {Refusal} [{Invoked.TotalSeconds:F3} s, {Returned.TotalSeconds:F3} s]",
        _ => $"#{Number} client {Client} {Op} -> outcome unknown [{Invoked.TotalSeconds:F3} s, ...)",
    };

    internal static string Describe(KvResult result) => result switch
    {
        RangeResult range => $"{{{string.Join("; ", range.Kvs)}}} of {range.Count} at {range.Revision}",
        TxnResult txn => $"{(txn.Succeeded ? "succeeded" : "failed")} {{{string.Join("; ", txn.Results.Select(Describe))}}} at {txn.Revision}",
        DeleteResult delete => $"deleted {delete.Deleted} at {delete.Revision}",
        LeaseKeepAliveResult alive => $"{alive.Ttl.TotalSeconds} s",
        _ => $"revision {result.Revision}",
    };

    private void End(Outcome outcome, KvResult? result, string refusal, TimeSpan now)
    {
        if (Returned != TimeSpan.MaxValue)
        {
            throw new InvalidOperationException($"operation {Number} ended before");
        }

        Result = result;
        Refusal = refusal;
        Outcome = outcome;
        Returned = now;
    }
}
