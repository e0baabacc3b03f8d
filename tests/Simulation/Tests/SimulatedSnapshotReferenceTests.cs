using Kube.Base;
using Kube.RaftStore.Mvcc;
using Kube.RaftStore.Simulation.Disk;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Tests.Storage;

namespace Kube.RaftStore.Simulation.Tests;

/// <summary>The simulated value files under the suite that the real ones pass.</summary>
public sealed class SimulatedSnapshotReferenceTests : SnapshotReferenceConformance
{
    private readonly QuietHost _host = new();
    private readonly SimulatedDisk _disk = new(new Prng(1)) { SyncUs = 1 };

    protected override ILogStorage Open() => SimulatedLogStorage.Open(_disk, One, _host);

    protected override ILogStorage OpenPeer() => SimulatedLogStorage.Open(new SimulatedDisk(new Prng(2)), One, _host);

    protected override ILogStorage CrashAndOpen(ILogStorage storage)
    {
        _host.NowUs += 1_000_000;
        _disk.Crash(_host.NowUs, losesPower: true);
        return Open();
    }

    protected override IValueFile ValuesOf(ILogStorage storage) => ((SimulatedLogStorage)storage).Values;

    protected override long HeldBytes(ILogStorage storage) => _disk.Pieces.Values.Sum(static piece => (long)piece.Bytes.Length);

    [Fact]
    public void What_was_not_synced_is_lost_and_that_is_noticed()
    {
        var machine = NewMachine();
        Fill(machine, 1, 300);
        var snapshot = Take(machine);
        Assert.NotEmpty(_disk.Pieces);
        Assert.All(_disk.Pieces.Values, static piece => Assert.True(piece.IsDurable));
        foreach (var piece in _disk.Pieces.Values)
        {
            piece.IsDurable = false;
        }
        Assert.Throws<StorageCorruptException>(Crash);
        Assert.Equal(snapshot, Storage.LatestSnapshot);
    }
}
