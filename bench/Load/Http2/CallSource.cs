namespace Kube.Load.Http2;

/// <summary>Hands out the calls of a run, over all connections, and takes what became of them. Thread-safe.</summary>
/// <param name="path">The gRPC method: /package.Service/Method.</param>
/// <param name="total">How many calls there are.</param>
/// <param name="maxMessageBytes">Bytes of the largest request.</param>
/// <param name="message">Gives the request of a call, in memory that is good until the thread's next one.</param>
internal sealed class CallSource(string path, int total, int maxMessageBytes, Func<int, byte[]> message)
{
    private readonly long[] _ticks = new long[total];
    private int _next;
    private int _failures;

    public string Path => path;

    public int MaxMessageBytes => maxMessageBytes;

    /// <summary>Calls that ended without a message.</summary>
    public int Failures => _failures;

    /// <summary>How long each call took, in the stopwatch's ticks.</summary>
    public long[] Ticks => _ticks;

    public bool TryNext(out int index)
    {
        index = Interlocked.Increment(ref _next) - 1;
        return index < total;
    }

    public ReadOnlySpan<byte> Message(int index) => message(index);

    public void Done(int index, long ticks, bool isAnswered)
    {
        _ticks[index] = ticks;
        if (!isAnswered)
        {
            Interlocked.Increment(ref _failures);
        }
    }
}
