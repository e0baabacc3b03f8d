namespace Kube.Load.Http2;

/// <summary>Hands out the calls of a run, over all connections, and takes what became of them. Thread-safe.</summary>
/// <param name="total">How many calls there are.</param>
internal abstract class CallSource(int total)
{
    private readonly long[] _ticks = new long[total];
    private int _next;
    private int _failures;

    /// <summary>Calls that ended without the answer that they should have.</summary>
    public int Failures => _failures;

    /// <summary>How long each call took, in the stopwatch's ticks.</summary>
    public long[] Ticks => _ticks;

    public bool TryNext(out int index)
    {
        index = Interlocked.Increment(ref _next) - 1;
        return index < total;
    }

    /// <summary>A call's header block (RFC 7541), in memory that is good until the thread's next one.</summary>
    /// <param name="isFirst">True for the first call of a connection, whose fields may go into the server's table.</param>
    public abstract ReadOnlySpan<byte> Headers(int index, string authority, bool isFirst);

    /// <summary>A call's body, in memory that is good until the thread's next one; empty for a call without a body.</summary>
    public abstract ReadOnlySpan<byte> Body(int index);

    /// <summary>Takes a piece of an answer's body, as it comes.</summary>
    public virtual void Received(int index, ReadOnlySpan<byte> payload)
    {
    }

    /// <summary>True when an answer of this status, with or without a body, is what was asked for.</summary>
    public abstract bool IsAnswer(int status, bool hasBody);

    public void Done(int index, long ticks, bool isAnswered)
    {
        _ticks[index] = ticks;
        if (!isAnswered)
        {
            Interlocked.Increment(ref _failures);
        }
    }
}
