using FsCheck;
using FsCheck.Fluent;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Tests.Raft;

namespace Kube.RaftStore.Tests.Mvcc;

/// <summary>What every <see cref="IValueStore"/> keeps.</summary>
public abstract class ValueStoreConformance
{
    internal abstract IValueStore NewStore();

    [Fact]
    public void An_empty_value_is_empty()
    {
        var store = NewStore();
        var handle = store.Add([]);
        Assert.Equal(0, handle.Length);
        Assert.True(store.Read(handle).IsEmpty);
        store.Drop(handle);
    }

    [Fact]
    public void A_value_is_a_copy()
    {
        var store = NewStore();
        byte[] value = [1, 2, 3];
        var handle = store.Add(value);
        value[0] = 9;
        Assert.Equal([1, 2, 3], store.Read(handle).ToArray());
    }

    [Fact]
    public void What_was_read_stays_when_the_value_goes()
    {
        var store = NewStore();
        var handles = Enumerable.Range(0, 6000).Select(i => store.Add(ValueOf(i, 1000))).ToList();
        var held = store.Read(handles[17]);
        handles.ForEach(handle => store.Drop(handle));
        Settle(store);
        _ = Enumerable.Range(0, 3000).Select(i => store.Add(ValueOf(i + 1, 1000))).ToList();
        Assert.Equal(ValueOf(17, 1000), held.ToArray());
    }

    /// <summary>Any order of adding, dropping, maintaining: what is there reads as it was, what is dropped reads so too or fails.</summary>
    [Fact]
    public void Values_are_those_of_a_dictionary()
    {
        var steps = Gen.Choose(0, int.MaxValue).ArrayOf(150).ToShrinking();
        Prop.ForAll(steps, numbers =>
        {
            var store = NewStore();
            var twin = new Dictionary<int, (ValueHandle Handle, byte[] Value)>();
            var dropped = new List<(ValueHandle Handle, byte[] Value)>();
            var next = 0;
            foreach (var number in numbers)
            {
                switch (number % 16)
                {
                    case < 9:
                        var value = ValueOf(next, SizeOf(number / 16));
                        twin[next++] = (store.Add(value), value);
                        break;
                    case < 15 when twin.Count > 0:
                        var victim = twin.Keys.ElementAt(number / 16 % twin.Count);
                        store.Drop(twin[victim].Handle);
                        dropped.Add(twin[victim]);
                        twin.Remove(victim);
                        break;
                    default:
                        store.Maintain();
                        break;
                }
            }
            var before = twin.Values.All(value => Reads(store, value));
            Settle(store);
            return before && twin.Values.All(value => Reads(store, value)) && dropped.All(value => ReadsOrIsGone(store, value));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));
    }

    internal static byte[] ValueOf(int seed, int length)
    {
        var value = new byte[length];
        var random = new Kube.Base.Prng((ulong)seed);
        for (var at = 0; at < length; at += sizeof(ulong))
        {
            BitConverter.GetBytes(random.NextUInt64()).AsSpan(0, Math.Min(sizeof(ulong), length - at)).CopyTo(value.AsSpan(at));
        }
        return value;
    }

    internal static void Settle(IValueStore store)
    {
        for (var left = 100_000; store.Maintain(); left--)
        {
            Assert.True(left > 0, "the store is never done");
        }
    }

    private static int SizeOf(int number) => (number % 8) switch
    {
        0 => 0,
        < 5 => number % 2000,
        < 7 => number % 40_000,
        _ => number % 300_000,
    };

    private static bool Reads(IValueStore store, (ValueHandle Handle, byte[] Value) expected)
        => store.Read(expected.Handle).Span.SequenceEqual(expected.Value);

    private static bool ReadsOrIsGone(IValueStore store, (ValueHandle Handle, byte[] Value) expected)
    {
        try
        {
            return Reads(store, expected);
        }
        catch (ValueGoneException)
        {
            return true;
        }
    }
}

public sealed class MemoryValueStoreTests : ValueStoreConformance
{
    internal override IValueStore NewStore() => new MemoryValueStore();
}
