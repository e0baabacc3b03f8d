using System.Text;
using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.Store.V1;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>
/// What every storage promises of snapshots that refer to values: they are whole after any crash, whole to who is sent one, and what nobody
/// refers to is gone. A real state machine writes and reads them.
/// </summary>
public abstract class SnapshotReferenceConformance : IDisposable
{
    protected static readonly ConfState One = new([1]);

    private ILogStorage? _storage;

    protected ILogStorage Storage => _storage ??= Open();

    protected abstract ILogStorage Open();

    /// <summary>Ends the storage as a power loss does and opens it again.</summary>
    protected abstract ILogStorage CrashAndOpen(ILogStorage storage);

    protected abstract IValueFile ValuesOf(ILogStorage storage);

    /// <summary>Bytes of pieces that were not given back.</summary>
    protected abstract long HeldBytes(ILogStorage storage);

    public void Dispose()
    {
        _storage?.Dispose();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    protected virtual void CleanUp()
    {
    }

    [Fact]
    public void A_restart_finds_the_values_and_reads_none_of_them()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var hash = StateHash.Of(machine);
        var snapshot = Take(machine);
        Assert.InRange(HeldBytes(Storage), 100_000, long.MaxValue);
        Crash();
        var restored = NewMachine();
        Restore(restored, snapshot);
        Assert.InRange(((PagedValueStore)restored.Store.Values).MemoryBytes, 0, HeldBytes(Storage) / 4);
        Assert.Equal(hash, StateHash.Of(restored));
        // It goes on, and so does the next.
        Fill(restored, 2, 100);
        hash = StateHash.Of(restored);
        var next = Take(restored);
        Crash();
        var again = NewMachine();
        Restore(again, next);
        Assert.Equal(hash, StateHash.Of(again));
    }

    [Fact]
    public void A_peer_is_sent_a_state_that_refers_to_nothing()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var snapshot = Take(machine);
        var sent = ReadAll(Storage.Snapshots.OpenToSend(snapshot)!);
        var whole = new MemoryStream();
        using (var view = machine.CaptureSnapshot())
        {
            view.WriteTo(whole, default);
        }
        Assert.True(sent.AsSpan().IndexOf(whole.ToArray()) >= 0, "the state that was sent is not the one that is written whole");

        var received = new SnapshotMetadata(snapshot.Index, snapshot.Term, One);
        var peer = OpenPeer();
        using (peer)
        {
            using (var sink = peer.Snapshots.Receive(received))
            {
                sink.Write(sent);
                sink.Complete();
            }
            peer.Install(received, null);
            var restored = new StoreStateMachine(new MemoryValueStore(), new LeaseClock(10));
            using (var state = peer.Snapshots.OpenState(received))
            {
                restored.Restore(state);
            }
            Assert.Equal(StateHash.Of(machine), StateHash.Of(restored));
        }
    }

    [Fact]
    public void Sending_goes_on_anywhere()
    {
        var machine = NewMachine();
        Fill(machine, 1, 60);
        var snapshot = Take(machine);
        var sent = ReadAll(Storage.Snapshots.OpenToSend(snapshot)!);
        var prng = new Prng(3);
        for (var i = 0; i < 50; i++)
        {
            using var source = Storage.Snapshots.OpenToSend(snapshot)!;
            Assert.Equal(sent.Length, source.Length);
            var at = prng.Next(sent.Length + 1);
            source.Position = at / 2;
            source.Position = at;
            Assert.Equal(sent[at..], ReadAll(source));
        }
    }

    [Fact]
    public void What_is_overwritten_stays_for_the_snapshot_that_refers_to_it()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var hash = StateHash.Of(machine);
        Settle(machine);
        var snapshot = Take(machine);
        var held = HeldBytes(Storage);
        Overwrite(machine);
        Assert.InRange(HeldBytes(Storage), held, long.MaxValue);
        Crash();
        Assert.InRange(HeldBytes(Storage), 1, held);
        var restored = NewMachine();
        Restore(restored, snapshot);
        Assert.Equal(hash, StateHash.Of(restored));
    }

    [Fact]
    public void What_is_overwritten_goes_with_the_snapshot_that_referred_to_it()
    {
        var machine = NewMachine();
        long most = 0;
        for (var round = 1; round <= 10; round++)
        {
            Fill(machine, round, 300);
            Overwrite(machine);
            Take(machine);
            Settle(machine);
            most = Math.Max(most, HeldBytes(Storage));
        }
        Assert.InRange(most, 1, 4 * machine.Store.SizeBytes);
    }

    [Fact]
    public void A_snapshot_that_is_being_sent_stays_whole_when_the_next_one_takes_its_place()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var expected = ReadAll(Storage.Snapshots.OpenToSend(Take(machine))!);
        var source = Storage.Snapshots.OpenToSend(Storage.LatestSnapshot)!;
        Assert.Equal(1000, source.ReadAtLeast(new byte[1000], 1000));
        Overwrite(machine);
        Take(machine);
        Settle(machine);
        var held = HeldBytes(Storage);
        Assert.Equal(expected[1000..], ReadAll(source));
        Settle(machine);
        Assert.InRange(HeldBytes(Storage), 0, held - 100_000);
    }

    [Fact]
    public void A_snapshot_that_is_not_finished_keeps_nothing()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        using (var view = machine.CaptureSnapshot())
        using (var writer = Storage.Snapshots.Create(new SnapshotMetadata(view.Index, 2, One)))
        {
            view.WriteTo(writer.State, default);
        }
        Overwrite(machine);
        Assert.InRange(HeldBytes(Storage), 0, 2 * machine.Store.SizeBytes);
    }

    [Fact]
    public void A_received_snapshot_lets_go_of_what_the_own_one_kept()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        Take(machine);
        Overwrite(machine);
        var held = HeldBytes(Storage);
        var received = new SnapshotMetadata(machine.AppliedIndex + 100, 3, One);
        byte[] bytes;
        using (var peer = OpenPeer())
        {
            using (var writer = peer.Snapshots.Create(received))
            {
                writer.State.Write("another state"u8);
                writer.Commit();
            }
            bytes = ReadAll(peer.Snapshots.OpenToSend(received)!);
        }
        using (var sink = Storage.Snapshots.Receive(received))
        {
            sink.Write(bytes);
            sink.Complete();
        }
        Storage.Install(received, null);
        Settle(machine);
        Assert.InRange(HeldBytes(Storage), 0, held - 100_000);
        Crash();
        Assert.Equal(received, Storage.LatestSnapshot);
        Assert.Equal(0, HeldBytes(Storage));
    }

    [Fact]
    public void A_start_leaves_nothing_to_which_nobody_refers()
    {
        Fill(NewMachine(), 1, 300);
        Assert.InRange(HeldBytes(Storage), 100_000, long.MaxValue);
        Crash();
        Assert.Equal(0, HeldBytes(Storage));
    }

    protected abstract ILogStorage OpenPeer();

    protected void Crash() => _storage = CrashAndOpen(Storage);

    protected StoreStateMachine NewMachine()
    {
        var values = new PagedValueStore(8 << 10);
        values.SpillTo(ValuesOf(Storage), 0);
        return new StoreStateMachine(values, new LeaseClock(10));
    }

    /// <summary>Puts a hundred keys again and again, most of them with values that are referred to, and compacts in between.</summary>
    protected static void Fill(StoreStateMachine machine, int seed, int puts)
    {
        var prng = new Prng((ulong)seed);
        for (var i = 0; i < puts; i++)
        {
            var value = new byte[prng.Next(8) switch { 0 => 0, 1 => prng.Next(40), < 7 => prng.Next(1_500), _ => prng.Next(20_000) }];
            for (var at = 0; at < value.Length; at++)
            {
                value[at] = (byte)prng.Next(256);
            }
            Apply(machine, new Command { Put = new PutRequest { Key = KeyOf(prng.Next(100)), Value = ByteString.CopyFrom(value) } });
            if (i % 100 == 50)
            {
                Apply(machine, new Command { DeleteRange = new DeleteRangeRequest { Key = KeyOf(prng.Next(100)) } });
                Apply(machine, new Command { Compaction = new CompactionRequest { Revision = machine.Store.CurrentRevision - 20 } });
            }
        }
    }

    /// <summary>Puts all keys, with small values, and forgets all before.</summary>
    protected static void Overwrite(StoreStateMachine machine)
    {
        for (var i = 0; i < 100; i++)
        {
            Apply(machine, new Command { Put = new PutRequest { Key = KeyOf(i), Value = ByteString.CopyFrom(new byte[64]) } });
        }
        Apply(machine, new Command { Compaction = new CompactionRequest { Revision = machine.Store.CurrentRevision } });
        Settle(machine);
    }

    protected static void Settle(StoreStateMachine machine)
    {
        while (machine.Store.NeedsTrim && machine.Store.Trim(100))
        {
        }
        while (machine.Store.Values.Maintain())
        {
        }
    }

    protected SnapshotMetadata Take(StoreStateMachine machine)
    {
        using var view = machine.CaptureSnapshot();
        var snapshot = new SnapshotMetadata(view.Index, 2, One);
        using (var writer = Storage.Snapshots.Create(snapshot))
        {
            view.WriteTo(writer.State, default);
            writer.Commit();
        }
        Storage.SnapshotSaved(snapshot);
        return snapshot;
    }

    protected void Restore(StoreStateMachine machine, SnapshotMetadata snapshot)
    {
        Assert.Equal(snapshot, Storage.LatestSnapshot);
        using var state = Storage.Snapshots.OpenState(snapshot);
        machine.Restore(state);
        Assert.Equal(snapshot.Index, machine.AppliedIndex);
    }

    protected static byte[] ReadAll(Stream source)
    {
        using (source)
        {
            var copy = new MemoryStream();
            source.CopyTo(copy, 777);
            return copy.ToArray();
        }
    }

    private static ByteString KeyOf(int number) => ByteString.CopyFrom(Encoding.UTF8.GetBytes($"key {number:D4}"));

    private static void Apply(StoreStateMachine machine, Command command) => machine.Apply(Math.Max(2, machine.AppliedIndex + 1), 2, command.ToByteArray());
}
