using FsCheck;
using FsCheck.Fluent;
using Kube.Base;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Tests;

/// <summary>The checker, which goes by revisions, against the definition, which tries all orders.</summary>
public class LinearizabilityProperties
{
    private static readonly Arbitrary<int> s_seeds = Gen.Choose(1, int.MaxValue).ToArbitrary();

    [Fact]
    public void A_right_run_is_found_sound() => Prop.ForAll(s_seeds, seed =>
    {
        var report = HistoryChecker.Check(new RandomRun(seed, 60).Note());
        return report.IsSound.Label(report.ToString());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_run_with_a_changed_answer_is_sound_exactly_if_some_order_explains_it()
    {
        var broken = 0;
        Prop.ForAll(s_seeds, seed =>
        {
            var run = new RandomRun(seed, 7);
            Tamper(run, new Prng((ulong)seed));
            var report = HistoryChecker.Check(run.Note());
            broken += report.IsSound ? 0 : 1;
            return (report.IsSound == new SearchingTwin(run).CanBeOrdered()).Label(report + "\n" + string.Join('\n', run.History.Operations));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

        Assert.InRange(broken, 250, 1450);
    }

    /// <summary>Gives one answer another revision, or another content.</summary>
    private static void Tamper(RandomRun run, Prng prng)
    {
        var answered = run.Operations.Where(o => !o.Plan.IsLost).Select(o => o.Operation).ToArray();
        if (answered.Length == 0)
        {
            return;
        }

        var victim = answered[prng.Next(answered.Length)];
        var answer = run.Answers[victim];
        run.Answers[victim] = (prng.Next(3), answer) switch
        {
            (0, RangeResult { Kvs.Count: > 0 } range) => range with { Kvs = [.. range.Kvs.Skip(1)] },
            (1, RangeResult range) => range with { Count = range.Count + 1 },
            (0, TxnResult txn) => txn with { Succeeded = !txn.Succeeded, Results = [] },
            (0, DeleteResult delete) => delete with { Deleted = 1 - Math.Min(1, delete.Deleted) },
            _ => answer with { Revision = Math.Clamp(answer.Revision + prng.Next(-1, 2), 1, run.Log.Count + 1) },
        };
    }
}
