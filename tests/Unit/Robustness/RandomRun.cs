using Kube.Base;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Tests;

/// <summary>
/// A run against a store that is right by construction: each operation takes effect at one moment between its ends, some
/// answers get lost, and a watch tells of everything a little later.
/// </summary>
internal sealed class RandomRun
{
    private readonly Prng _prng;
    private readonly KvModel _model = new();
    private readonly List<(int At, ChangeEvent[] Changes)> _log = [];
    private int _values;

    public RandomRun(int seed, int operations)
    {
        _prng = new Prng((ulong)seed);
        var plans = new List<Plan>();
        var freeAt = new int[3];
        for (var i = 0; i < operations; i++)
        {
            var client = _prng.Next(freeAt.Length);
            var invoked = freeAt[client] + _prng.Next(1, 6);
            var effect = invoked + _prng.Next(0, 6);
            freeAt[client] = effect + _prng.Next(0, 6);
            plans.Add(new Plan(client, invoked, effect, freeAt[client], NewOp(), _prng.Chance(0.2), _prng.Chance(0.5)));
        }

        Operations = [.. plans.OrderBy(p => p.Invoked).Select(p => (p, History.Begin(p.Client, p.Op, Seconds(p.Invoked))))];
        foreach (var (plan, operation) in Operations.OrderBy(o => o.Plan.EffectAt))
        {
            TakeEffect(plan, operation);
        }

        Watch();
    }

    public History History { get; } = new();

    public IReadOnlyList<(Plan Plan, Operation Operation)> Operations { get; }

    /// <summary>The answers, before they are noted in the history: a test may change some of them first.</summary>
    public Dictionary<Operation, KvResult> Answers { get; } = [];

    public IReadOnlyList<ChangeEvent[]> Log => [.. _log.Select(l => l.Changes)];

    /// <summary>What the watch delivered, a response each, with the time: a test may change it before <see cref="Note"/>.</summary>
    public List<(ChangeEvent[] Events, int At)> Deliveries { get; } = [];

    /// <summary>Writes answers and deliveries into the history.</summary>
    public History Note()
    {
        foreach (var (plan, operation) in Operations)
        {
            if (plan.IsLost || !Answers.TryGetValue(operation, out var answer))
            {
                operation.Lose(Seconds(plan.ReturnedAt));
            }
            else
            {
                operation.Complete(answer, Seconds(plan.ReturnedAt));
            }
        }

        var watch = History.BeginWatch(9, KeySpan.All, 2, TimeSpan.Zero, withPrevious: true);
        watch.OnCreated(1, TimeSpan.Zero);
        foreach (var (events, at) in Deliveries)
        {
            watch.OnEvents(events[^1].Revision, events, isFragment: false, Seconds(at));
        }

        return History;
    }

    public static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private void TakeEffect(Plan plan, Operation operation)
    {
        if (plan.IsLost && !plan.LostTakesEffect)
        {
            return;
        }

        var (answer, changes) = _model.Try(plan.Op);
        Answers.Add(operation, answer);
        if (changes.Count > 0)
        {
            _model.Apply(changes);
            _log.Add((plan.EffectAt, [.. changes]));
        }
    }

    private void Watch()
    {
        var at = 0;
        for (var i = 0; i < _log.Count;)
        {
            var count = Math.Min(_prng.Next(1, 3), _log.Count - i);
            at = Math.Max(at, _log[i + count - 1].At) + _prng.Next(1, 4);
            Deliveries.Add(([.. _log.Skip(i).Take(count).SelectMany(l => l.Changes)], at));
            i += count;
        }
    }

    private KvOp NewOp()
    {
        var key = NewKey();
        return _prng.Next(7) switch
        {
            0 or 1 => NewPut(),
            2 => new DeleteOp(_prng.Chance(0.5) ? KeySpan.Single(key) : KeySpan.Of("a", "c")),
            3 => new RangeOp(KeySpan.Single(key)),
            4 => new RangeOp(KeySpan.All, IsSerializable: _prng.Chance(0.3), Limit: _prng.Next(3)),
            5 => new TxnOp([new Comparison(key, CompareTarget.Version, CompareRelation.Equal, Number: _prng.Next(2))], [new PutOp(key, NewValue())], [new RangeOp(KeySpan.Single(key))]),
            _ => new TxnOp([], [new PutOp("a", NewValue()), new DeleteOp(KeySpan.Single("b")), new PutOp("c", NewValue())], []),
        };
    }

    private PutOp NewPut() => new(NewKey(), NewValue());

    private string NewKey() => "abc"[_prng.Next(3)].ToString();

    private string NewValue() => $"v{++_values}";

    internal sealed record Plan(int Client, int Invoked, int EffectAt, int ReturnedAt, KvOp Op, bool IsLost, bool LostTakesEffect);
}
