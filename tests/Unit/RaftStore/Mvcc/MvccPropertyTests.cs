using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>Whatever is done to it, the store answers as the list of all versions does.</summary>
public class MvccPropertyTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(120);

    [Fact]
    public void Store_answers_as_the_dumb_one()
        => Check.One(s_config, Prop.ForAll(ArbMap.Default.ArbFor<(byte Kind, byte Key, byte Argument)[]>(), static operations => RunsAlike(operations, static () => new MemoryValueStore())));

    /// <summary>Pages of a few values, of which all but four are on disk.</summary>
    [Fact]
    public void Store_answers_as_the_dumb_one_with_values_on_disk()
        => Check.One(s_config, Prop.ForAll(ArbMap.Default.ArbFor<(byte Kind, byte Key, byte Argument)[]>(), static operations => RunsAlike(operations, NewSpilled)));

    private static PagedValueStore NewSpilled()
    {
        var values = new PagedValueStore(pageBytes: 48);
        values.SpillTo(new MemoryValueFile(), 0);
        return values;
    }

    private static bool RunsAlike((byte Kind, byte Key, byte Argument)[] operations, Func<IValueStore> values)
    {
        var store = new MvccStore(values());
        var dumb = new DumbStore();
        foreach (var operation in operations)
        {
            Apply(store, dumb, operation);
            Assert.Equal(dumb.Revision, store.CurrentRevision);
            Assert.Equal(dumb.CompactRevision, store.CompactRevision);
            store.Values.Maintain();
            Compare(store, dumb, operation);
        }
        while (store.Trim(7))
        {
        }
        CompareEverything(store, dumb);
        ValueStoreConformance.Settle(store.Values);
        CompareEverything(store, dumb);
        var copy = Copy(store, values());
        CompareEverything(copy, dumb);
        Assert.Equal(store.HashHistory(0), copy.HashHistory(0));
        return true;
    }

    private static void Apply(MvccStore store, DumbStore dumb, (byte Kind, byte Key, byte Argument) operation)
    {
        var key = KeyOf(operation.Key);
        switch (operation.Kind % 8)
        {
            case 0 or 1 or 2:
                Write(store, dumb, [(key, null, "v" + operation.Argument, operation.Argument % 3)]);
                break;
            case 3:
                Write(store, dumb, [(key, null, null, 0)]);
                break;
            case 4:
                Write(store, dumb, [(key, EndOf(operation.Argument), null, 0)]);
                break;
            case 5:
                // Not a put of a key that the same revision deletes: the services refuse that.
                var (end, put) = (EndOf(operation.Argument), key + "x");
                (string, string?, string?, long)[] overlapFree = RangeOf(key, end).Contains(Encoding.UTF8.GetBytes(put)) ? [] : [(put, null, "t", 0)];
                Write(store, dumb, [(key, end, null, 0), .. overlapFree, (KeyOf(operation.Argument), null, null, 0)]);
                break;
            case 6:
                var revision = store.CurrentRevision - (operation.Argument % 9) + 1;
                Assert.Equal(dumb.Compact(revision), store.Compact(revision));
                break;
            case 7:
                store.Trim(operation.Argument % 5);
                break;
        }
    }

    private static void Write(MvccStore store, DumbStore dumb, (string Key, string? End, string? Value, long Lease)[] changes)
    {
        using (var write = store.BeginWrite())
        {
            foreach (var (key, end, value, lease) in changes)
            {
                if (value is not null)
                {
                    write.Put(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), lease);
                }
                else
                {
                    write.DeleteRange(RangeOf(key, end));
                }
            }
            write.Commit();
        }
        dumb.Write(changes);
    }

    private static void Compare(MvccStore store, DumbStore dumb, (byte Kind, byte Key, byte Argument) operation)
    {
        var revision = operation.Argument % 4 == 0 ? 0 : store.CurrentRevision - (operation.Key % 6) + 1;
        var key = KeyOf(operation.Argument);
        string? end = operation.Kind % 3 == 0 ? null : EndOf(operation.Key);
        var query = new RangeQuery(RangeOf(key, end))
        {
            Revision = revision,
            Limit = operation.Kind % 5,
            Target = (SortTarget)(operation.Argument % 5),
            Order = (SortOrder)(operation.Kind % 3),
            MinModRevision = operation.Kind % 7 == 0 ? 4 : 0,
            MaxCreateRevision = operation.Kind % 11 == 0 ? 9 : 0,
        };
        var result = store.Range(query);
        Assert.Equal(dumb.StatusOf(revision), result.Status);
        if (result.Status != RevisionStatus.Ok)
        {
            return;
        }
        var live = dumb.Live(key, end, revision <= 0 ? dumb.Revision : revision);
        Assert.Equal(live.Count, result.Count);
        var expected = Expected(live, query);
        Assert.Equal(query.Limit > 0 && expected.Count > query.Limit, result.More);
        Assert.Equal(
            query.Limit > 0 ? expected.Take((int)query.Limit) : expected,
            result.Versions.Select(version => DumbStore.RowOf(version, store.Values)));
    }

    private static List<DumbStore.Row> Expected(List<DumbStore.Row> live, RangeQuery query)
    {
        var kept = live.Where(row => row.Main >= query.MinModRevision
            && (query.MaxCreateRevision == 0 || row.Create <= query.MaxCreateRevision));
        Func<DumbStore.Row, object> by = query.Target switch
        {
            SortTarget.Version => static row => row.Version,
            SortTarget.Create => static row => row.Create,
            SortTarget.Mod => static row => row.Main,
            _ => static row => 0L,
        };
        var sorted = query.Target switch
        {
            SortTarget.Key => query.Order == SortOrder.Descending ? kept.OrderByDescending(static row => row.Key, StringComparer.Ordinal) : kept.OrderBy(static row => row.Key, StringComparer.Ordinal),
            SortTarget.Value => query.Order == SortOrder.Descending ? kept.OrderByDescending(static row => row.Value, StringComparer.Ordinal) : kept.OrderBy(static row => row.Value, StringComparer.Ordinal),
            _ => query.Order == SortOrder.Descending ? kept.OrderByDescending(by) : kept.OrderBy(by),
        };
        // A limit without sort order and bounds applies before anything else, as in etcd.
        var early = query.Limit > 0 && query.Order == SortOrder.None && query.MinModRevision == 0 && query.MaxCreateRevision == 0;
        return early && live.Count > query.Limit
            ? [.. Expected([.. live.Take((int)query.Limit)], query with { Limit = 0 }), live[0]]
            : [.. sorted];
    }

    private static void CompareEverything(MvccStore store, DumbStore dumb)
    {
        for (var revision = Math.Max(1, dumb.CompactRevision); revision <= dumb.Revision; revision++)
        {
            var result = store.Range(new RangeQuery(RangeOf("\0", "\0")) { Revision = revision });
            Assert.Equal(dumb.Live("\0", "\0", revision), result.Versions.Select(version => DumbStore.RowOf(version, store.Values)));
        }
        var from = Math.Max(2, dumb.CompactRevision);
        Assert.Equal(dumb.ChangesFrom(from), store.Changes(from, out _).Select(version => DumbStore.RowOf(version, store.Values)));
    }

    private static MvccStore Copy(MvccStore store, IValueStore values)
    {
        var copy = new MvccStore(values);
        using var image = store.CaptureImage();
        var contents = copy.BeginRestore();
        contents.Revision = image.Revision;
        contents.CompactRevision = image.CompactRevision;
        foreach (var v in image.Versions)
        {
            Assert.True(contents.TryAdd(v.Key, v.ModRevision, v.Sub, v.CreateRevision, v.Version, v.Lease, store.Values.Read(v.Value).Span));
        }
        copy.Adopt(contents);
        return copy;
    }

    private static string KeyOf(byte n) => n % 5 == 0 ? "k" + (n % 10) : $"k{n % 10}/{n % 7}";

    private static string EndOf(byte n) => n % 6 == 0 ? "\0" : KeyOf((byte)(n + 1));

    private static KeyRange RangeOf(string key, string? end)
        => new(Encoding.UTF8.GetBytes(key), end is null ? default(ReadOnlyMemory<byte>) : Encoding.UTF8.GetBytes(end));
}
