using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Log;
using Kube.RaftStore.Raft.Tracker;
using Kube.RaftStore.Storage.Memory;

namespace Kube.RaftStore.Tests.Raft;

/// <summary>The unstable end of the log and the follower's view against obvious versions of both.</summary>
public class LogProperties
{
    /// <summary>A step: where to append (relative to the end), how many, in which term, and whether to persist after.</summary>
    private static Arbitrary<(int Back, int Count, int Term, bool Persist)[]> Steps =>
        (from back in Gen.Choose(0, 4)
         from count in Gen.Choose(0, 4)
         from term in Gen.Choose(0, 1)
         from persist in Gen.Elements(true, false)
         select (back, count, term, persist)).ArrayOf().ToShrinking();

    [Fact]
    public void Log_is_what_a_list_with_truncation_is() =>
        Prop.ForAll(Steps, steps =>
        {
            using var storage = new InMemoryLogStorage(new ConfState([1]));
            var log = new RaftLog(storage);
            var twin = new List<Entry>();
            ulong term = 1;
            foreach (var step in steps)
            {
                term += (ulong)step.Term;
                var keep = Math.Max(0, twin.Count - step.Back);
                var entries = Enumerable.Range(0, step.Count).Select(i => NewEntry(term, (ulong)(keep + i) + 2)).ToArray();
                if (entries.Length > 0)
                {
                    twin.RemoveRange(keep, twin.Count - keep);
                    twin.AddRange(entries);
                    log.Append(entries);
                }

                if (step.Persist && log.Unstable.Entries.Count > 0)
                {
                    var persisted = log.Unstable.Entries.ToArray();
                    storage.Append(null, persisted, sync: true);
                    log.Unstable.StableTo(persisted[^1].Id);
                }

                if (log.LastIndex != (ulong)twin.Count + 1
                    || !log.Read(2, log.LastIndex + 1, long.MaxValue).Select(e => e.Id).SequenceEqual(twin.Select(e => e.Id))
                    || twin.Any(e => log.TermAt(e.Index) != e.Term))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Follower_append_keeps_logs_matching() =>
        Prop.ForAll(Gen.Choose(1, 3).ArrayOf(12).ToShrinkingElements(n => Shrinking.Smaller(n, 1)), Gen.Choose(0, 12).ToShrinking(), Gen.Choose(0, 12).ToShrinking(), (terms, previous, common) =>
        {
            // Two logs with equal entries up to a point, and the leader's of a higher term behind it.
            using var storage = new InMemoryLogStorage(new ConfState([1]));
            var log = new RaftLog(storage);
            Array.Sort(terms);
            var mine = terms.Select((t, i) => NewEntry((ulong)t, (ulong)i + 2)).ToArray();
            log.Append(mine);
            var leader = mine.Take(common).Concat(Enumerable.Range(common, 14 - common).Select(i => NewEntry(9, (ulong)i + 2))).ToArray();
            var sent = leader.Skip(previous).ToArray();
            var before = previous == 0 ? new EntryId(1, 1) : leader[previous - 1].Id;
            var shouldMatch = previous <= common;
            var did = log.TryAppend(before, sent, 0, out var last);
            if (did != shouldMatch)
            {
                return false;
            }

            return !did || (last == 15 && log.Read(2, 16, long.MaxValue).Select(e => e.Id).SequenceEqual(leader.Select(e => e.Id)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Inflight_window_is_a_bounded_queue() =>
        Prop.ForAll(Gen.Choose(0, 9).ArrayOf().ToShrinking(Shrinking.Smaller), steps =>
        {
            var window = new Inflights(5, 40);
            var twin = new Queue<(ulong Index, long Bytes)>();
            ulong next = 1;
            foreach (var step in steps)
            {
                var isFull = twin.Count == 5 || twin.Sum(t => t.Bytes) >= 40;
                if (window.IsFull != isFull)
                {
                    return false;
                }

                if (step < 6 && !isFull)
                {
                    twin.Enqueue((next, 5 * step));
                    window.Add(next++, 5 * step);
                }
                else if (next > 1)
                {
                    var through = next - 1 - (ulong)(step % 3);
                    window.FreeThrough(through);
                    while (twin.TryPeek(out var one) && one.Index <= through)
                    {
                        twin.Dequeue();
                    }
                }

                if (window.Count != twin.Count || window.Bytes != twin.Sum(t => t.Bytes))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Progress_never_sends_what_is_acknowledged_and_never_forgets_an_acknowledgement() =>
        Prop.ForAll((from kind in Gen.Choose(0, 6) from n in Gen.Choose(0, 20) select (kind, n)).ArrayOf().ToShrinking(step => Shrinking.Smaller(step.n).Select(n => (step.kind, n))), steps =>
        {
            var progress = new Progress(0, 1, new Inflights(8, 1000), false);
            ulong highest = 0;
            foreach (var (kind, n) in steps)
            {
                switch (kind)
                {
                    case 0:
                        progress.TryAcknowledge((ulong)n);
                        highest = Math.Max(highest, (ulong)n);
                        break;
                    case 1:
                        progress.TryBackOff((ulong)n, (ulong)(n / 2));
                        break;
                    case 2:
                        progress.BecomeProbe();
                        break;
                    case 3:
                        progress.BecomeReplicate();
                        break;
                    case 4:
                        progress.BecomeSnapshot(progress.Match + (ulong)n);
                        break;
                    case 5 when !progress.IsPaused && !progress.Inflights.IsFull:
                        progress.Sent(n % 4, 10);
                        break;
                }

                if (progress.Match != highest || progress.Next <= progress.Match)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static Entry NewEntry(ulong term, ulong index) => new(term, index, EntryType.Normal, default, default);
}
