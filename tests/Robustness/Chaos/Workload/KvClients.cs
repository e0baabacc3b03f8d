using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>Puts, deletes and puts of two keys at once, on keys that others write too.</summary>
internal sealed class Writer(Session session, double pauseMs) : IClient
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var key = KeySpaceLayout.Register(session.Random.Next(KeySpaceLayout.RegisterCount));
            switch (session.Random.Next(20))
            {
                case 0:
                    await session.DeleteAsync(new DeleteOp(KeySpan.Single(key)), ct);
                    break;
                case 1:
                    var from = session.Random.Next(KeySpaceLayout.RegisterCount - 3);
                    await session.DeleteAsync(new DeleteOp(KeySpan.Of(KeySpaceLayout.Register(from), KeySpaceLayout.Register(from + 3))), ct);
                    break;
                case < 6:
                    await session.TxnAsync(new TxnOp([], PutsOfTwo(), []), ct);
                    break;
                default:
                    await session.PutAsync(new PutOp(key, Value()), ct);
                    break;
            }

            await session.PauseAsync(pauseMs, ct);
        }
    }

    public void Dispose() => session.Dispose();

    private PutOp[] PutsOfTwo()
    {
        var first = session.Random.Next(KeySpaceLayout.RegisterCount);
        var second = (first + session.Random.Next(1, KeySpaceLayout.RegisterCount)) % KeySpaceLayout.RegisterCount;
        return [new(KeySpaceLayout.Register(first), Value()), new(KeySpaceLayout.Register(second), Value())];
    }

    private string Value() => session.Recorder.Keys.NextValue(session.Client);
}

/// <summary>Reads a key and writes it if nobody else has meanwhile, as a Kubernetes API server does.</summary>
internal sealed class Swapper(Session session, double pauseMs) : IClient
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var key = KeySpaceLayout.Counter(session.Random.Next(KeySpaceLayout.CounterCount));
            var now = await session.RangeAsync(new RangeOp(KeySpan.Single(key)), ct);
            if (now is not null)
            {
                // Not read again on failure: the branch answers with what there is, as a client that retries wants it.
                var revision = now.Kvs.Count == 0 ? 0 : now.Kvs[0].ModRevision;
                for (var attempt = 0; attempt < 2; attempt++)
                {
                    var answer = await session.TxnAsync(
                        new TxnOp(
                            [new Comparison(key, CompareTarget.ModRevision, CompareRelation.Equal, Number: revision)],
                            [new PutOp(key, session.Recorder.Keys.NextValue(session.Client))],
                            [new RangeOp(KeySpan.Single(key))]),
                        ct);
                    if (answer is not { Succeeded: false, Results: [RangeResult there] })
                    {
                        break;
                    }

                    revision = there.Kvs.Count == 0 ? 0 : there.Kvs[0].ModRevision;
                }
            }

            await session.PauseAsync(pauseMs, ct);
        }
    }

    public void Dispose() => session.Dispose();
}

/// <summary>Reads: linearizable or from whatever the member has, single keys and ranges, now and at older revisions.</summary>
internal sealed class Reader(Session session, bool isSerializable, double pauseMs) : IClient
{
    private long _seen;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var answer = await session.RangeAsync(Next(), ct);
            _seen = Math.Max(_seen, answer?.Revision ?? 0);
            await session.PauseAsync(pauseMs, ct);
        }
    }

    public void Dispose() => session.Dispose();

    private RangeOp Next()
    {
        var random = session.Random;
        var single = KeySpan.Single(random.Chance(0.7)
            ? KeySpaceLayout.Register(random.Next(KeySpaceLayout.RegisterCount))
            : KeySpaceLayout.Counter(random.Next(KeySpaceLayout.CounterCount)));
        return random.Next(20) switch
        {
            0 => new RangeOp(KeySpan.All, IsSerializable: isSerializable),
            < 4 => new RangeOp(KeySpaceLayout.Below(KeySpaceLayout.Registers), IsSerializable: isSerializable),
            < 6 => new RangeOp(KeySpaceLayout.Below(KeySpaceLayout.Registers), Limit: 5, IsSerializable: isSerializable),

            // Some of these are compacted by then; the refusal is checked as an answer is.
            < 8 when _seen > 400 => new RangeOp(single, Revision: _seen - random.Next(400), IsSerializable: isSerializable),
            _ => new RangeOp(single, IsSerializable: isSerializable),
        };
    }
}
