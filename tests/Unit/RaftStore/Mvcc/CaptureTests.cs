using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>A state captured amid a transaction reads later as it was then, whatever is written and compacted meanwhile.</summary>
public sealed class CaptureTests
{
    private const int Keys = 200;

    [Fact]
    public void What_is_captured_stays_as_it_was()
    {
        var steps = Gen.Choose(0, int.MaxValue).ArrayOf(120).ToShrinking();
        Prop.ForAll(steps, numbers =>
        {
            var store = new MvccStore(new PagedValueStore(pageBytes: 200));
            var pins = new List<MvccStore.HistoryPin>();
            var captured = new List<(MvccStore.ReadView View, RangeQuery Query, RangeResult Then)>();
            foreach (var group in numbers.Chunk(8))
            {
                pins.Add(store.PinHistory(store.CurrentRevision));
                using (var write = store.BeginWrite())
                {
                    foreach (var number in group)
                    {
                        Do(number, write, captured);
                    }
                    write.Commit();
                }
                store.Compact(store.CurrentRevision);
                while (store.Trim(16))
                {
                }
                store.Values.Maintain();
            }
            var same = captured.TrueForAll(then => IsSame(store, then.View, then.Query, then.Then));
            pins.ForEach(static pin => pin.Dispose());
            return same;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static void Do(int number, MvccStore.WriteTransaction write, List<(MvccStore.ReadView View, RangeQuery Query, RangeResult Then)> captured)
    {
        var (kind, argument) = (number % 8, number / 8);
        var key = KeyOf(argument % Keys);
        switch (kind)
        {
            case < 4:
                write.Put(key, BitConverter.GetBytes(number), 0);
                break;
            case 4:
                write.DeleteRange(new KeyRange(key, KeyOf((argument % Keys) + 3)));
                break;
            default:
                var query = QueryOf(argument);
                captured.Add((write.Capture(), query, write.Range(query)));
                break;
        }
    }

    private static RangeQuery QueryOf(int number)
        => new(new KeyRange(KeyOf(number % 7), number % 5 == 0 ? default : KeyOf(Keys - (number % 11))))
        {
            Limit = number % 3 == 0 ? number % 20 : 0,
            CountOnly = number % 13 == 0,
            Order = (SortOrder)(number % 3),
            Target = (SortTarget)(number / 3 % 5),
            MinModRevision = number % 17 == 0 ? 3 : 0,
        };

    private static bool IsSame(MvccStore store, MvccStore.ReadView view, in RangeQuery query, in RangeResult then)
    {
        var now = view.Range(query);
        var extent = view.Measure(query, static version => version.Key.Length + version.Value.Length);
        return now.Versions.SequenceEqual(then.Versions)
            && (now.Count, now.More, now.StoreRevision, now.Status) == (then.Count, then.More, then.StoreRevision, then.Status)
            && (extent.Count, extent.More, extent.Shown, extent.Status) == (then.Count, then.More, then.Versions.Count, then.Status)
            && extent.SizeBytes == then.Versions.Sum(static version => version.Key.Length + version.Value.Length)
            && extent.LargestBytes == then.Versions.Select(static version => version.Key.Length + version.Value.Length).DefaultIfEmpty().Max()
            && then.Versions.All(version => store.Values.Read(version.Value).Length == version.Value.Length);
    }

    private static byte[] KeyOf(int number) => System.Text.Encoding.ASCII.GetBytes($"k{number:D4}");
}
