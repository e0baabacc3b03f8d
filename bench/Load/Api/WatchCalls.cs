using System.Diagnostics;
using Kube.Load.Http2;

namespace Kube.Load.Api;

/// <summary>
/// Many watches of one path, which count the events that they get and how old each is then. An event is a line; the
/// writer sends batches of a fixed size in order, and says when each was sent.
/// </summary>
/// <param name="watchers">How many watches.</param>
/// <param name="batches">How many batches will come.</param>
/// <param name="batchSize">Events in a batch.</param>
internal sealed class WatchCalls(string path, int watchers, int batches, int batchSize) : RestCalls(watchers, _ => new RestCall("GET", path))
{
    private const double MsPerBucket = 1;
    private readonly int _watchers = watchers;
    private readonly int[] _seen = new int[watchers];
    private readonly long[] _sentAt = new long[batches];
    private readonly long[] _ages = new long[60_000];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _complete;

    /// <summary>Completes when every watch has every event.</summary>
    public Task Delivered => _done.Task;

    /// <summary>Fewest and most events that a watch has got.</summary>
    public (int Min, int Max) Seen => (_seen.Min(), _seen.Max());

    public long Total => _seen.Sum(count => (long)count);

    /// <summary>Notes that a batch is about to be written.</summary>
    public void Sending(int batch) => Volatile.Write(ref _sentAt[batch], Stopwatch.GetTimestamp());

    /// <summary>Milliseconds from writing to receipt that this share of the events took at most.</summary>
    public double AgeMs(double share)
    {
        var left = (long)(_ages.Sum() * share);
        for (var i = 0; i < _ages.Length; i++)
        {
            left -= _ages[i];
            if (left <= 0)
            {
                return (i + 1) * MsPerBucket;
            }
        }

        return _ages.Length * MsPerBucket;
    }

    public override void Received(int index, ReadOnlySpan<byte> payload)
    {
        base.Received(index, payload);
        var lines = payload.Count((byte)'\n');
        if (lines == 0)
        {
            return;
        }

        // A watch's answer comes over one connection, which one task reads: nobody else counts for it.
        var seen = _seen[index] += lines;
        var sent = Volatile.Read(ref _sentAt[Math.Min((seen - 1) / batchSize, batches - 1)]);
        var age = (int)(Stopwatch.GetElapsedTime(sent).TotalMilliseconds / MsPerBucket);
        Interlocked.Add(ref _ages[Math.Clamp(age, 0, _ages.Length - 1)], lines);
        if (seen == batches * batchSize && Interlocked.Increment(ref _complete) == _watchers)
        {
            _done.TrySetResult();
        }
    }
}
