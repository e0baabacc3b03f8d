using Kube.Base;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Simulation.Runs;
using Kube.Robustness.Checking;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>One client that reads and writes keys, one operation after another, and writes down what it sees.</summary>
internal sealed class KvClient(int number, World world, ClientCalls calls, History history, SwarmOptions options)
{
    private readonly Prng _prng = world.Prng.Fork();
    private readonly Dictionary<string, long> _lastSeen = [];
    private long _revision = 1;
    private int _values;
    private Member? _member;

    public int Answered { get; private set; }

    public async Task RunAsync(Func<bool> isOver)
    {
        for (var i = 0; i < options.MaxOperations && !isOver(); i++)
        {
            await DoAsync(NextOp(), 10_000_000);
            await world.Delay(_prng.Next(0, options.ThinkMs * 2_000));
        }
    }

    /// <summary>Does one operation at some member; true when it was answered.</summary>
    public async Task<bool> DoAsync(KvOp op, long timeoutUs)
    {
        if (_member is not { IsRetired: false } || _prng.Chance(0.2))
        {
            _member = calls.Pick(_prng);
        }

        var operation = history.Begin(number, op, world.Now);
        try
        {
            var result = await SendAsync(_member, op, timeoutUs);
            operation.Complete(result, world.Now);
            Learn(result);
            Answered++;
            return true;
        }
        catch (Exception e) when (e is not SimulationException)
        {
            if (Wire.IsRefusal(e, out var why))
            {
                operation.Refuse(why, world.Now);
            }
            else
            {
                operation.Lose(world.Now);
            }

            _member = null;
            return false;
        }
    }

    private async Task<KvResult> SendAsync(Member member, KvOp op, long timeoutUs)
    {
        switch (op)
        {
            case PutOp put:
                var putResponse = await calls.CallAsync(member, timeoutUs, (p, context) => p.Kv.Put(Wire.ToPut(put), context));
                return new PutResult(putResponse.Header.Revision);
            case DeleteOp delete:
                return Wire.ToResult(await calls.CallAsync(member, timeoutUs, (p, context) => p.Kv.DeleteRange(Wire.ToDelete(delete), context)));
            case RangeOp range:
                return Wire.ToResult(await calls.CallAsync(member, timeoutUs, (p, context) => p.Kv.Range(Wire.ToRange(range), context)));
            case TxnOp txn:
                return Wire.ToResult(await calls.CallAsync(member, timeoutUs, (p, context) => p.Kv.Txn(Wire.ToTxn(txn), context)));
            case CompactOp compact:
                var request = new Etcd.V3.CompactionRequest { Revision = compact.Revision };
                var compacted = await calls.CallAsync(member, timeoutUs, (p, context) => p.Kv.Compact(request, context));
                return new CompactResult(compacted.Header.Revision);
            default:
                throw new ArgumentException($"unexpected {op}", nameof(op));
        }
    }

    private KvOp NextOp() => _prng.Next(20) switch
    {
        < 6 => NewPut(),
        < 8 => new DeleteOp(_prng.Chance(0.7) ? KeySpan.Single(Key()) : Some()),
        < 11 => new RangeOp(KeySpan.Single(Key())),
        < 13 => new RangeOp(Some(), Limit: _prng.Next(4)),
        13 => new RangeOp(KeySpan.All, Revision: Math.Max(1, _revision - _prng.Next(6)), IsSerializable: _prng.Chance(0.5)),
        14 => new RangeOp(KeySpan.All, IsSerializable: true),
        < 18 => CompareAndSwap(),
        18 => new TxnOp([], [NewPut("a"), new DeleteOp(KeySpan.Single("k0")), new RangeOp(KeySpan.All), NewPut("b")], []),
        _ => new TxnOp([new Comparison(Key(), CompareTarget.Version, CompareRelation.Greater, Number: _prng.Next(3))], [NewPut(), new RangeOp(KeySpan.All)], [new DeleteOp(KeySpan.Single(Key()))]),
    };

    private TxnOp CompareAndSwap()
    {
        var key = Key();
        var isSame = new Comparison(key, CompareTarget.ModRevision, CompareRelation.Equal, Number: _lastSeen.GetValueOrDefault(key));
        return new TxnOp([isSame], [new PutOp(key, Value())], [new RangeOp(KeySpan.Single(key))]);
    }

    private PutOp NewPut(string? key = null) => new(key ?? Key(), Value());

    private string Key() => $"k{_prng.Next(options.Keys)}";

    private KeySpan Some() => _prng.Next(3) switch
    {
        0 => KeySpan.All,
        1 => KeySpan.From("k1"),
        _ => KeySpan.Of("k", "k3"),
    };

    private string Value() => $"c{number}-{++_values}";

    private void Learn(KvResult result)
    {
        _revision = Math.Max(_revision, result.Revision);
        var kvs = result switch
        {
            RangeResult range => range.Kvs,
            TxnResult txn => [.. txn.Results.OfType<RangeResult>().SelectMany(r => r.Kvs)],
            _ => [],
        };
        foreach (var kv in kvs)
        {
            _lastSeen[kv.Key] = kv.ModRevision;
        }
    }
}
