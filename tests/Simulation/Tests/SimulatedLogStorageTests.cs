using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Simulation.Disk;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Tests.Storage;

namespace Kube.RaftStore.Simulation.Tests;

/// <summary>The simulated storage under the suite that the real one passes.</summary>
public sealed class SimulatedLogStorageTests : LogStorageConformance
{
    private readonly QuietHost _host = new();
    private readonly SimulatedDisk _disk = new(new Prng(1)) { SyncUs = 1 };
    private readonly Dictionary<int, SimulatedDisk> _freshDisks = [];

    protected override ILogStorage Open(ConfState bootstrap) => SimulatedLogStorage.Open(_disk, bootstrap, _host);

    protected override ILogStorage OpenPeer() => SimulatedLogStorage.Open(new SimulatedDisk(new Prng(2)), Three, _host);

    protected override ILogStorage CrashAndOpen(ILogStorage storage) => CrashAndOpen(_disk);

    protected override ILogStorage OpenFresh(int run) =>
        SimulatedLogStorage.Open(_freshDisks[run] = new SimulatedDisk(new Prng((ulong)run)) { SyncUs = 1 }, Three, _host);

    protected override ILogStorage CrashAndOpenFresh(ILogStorage storage, int run) => CrashAndOpen(_freshDisks[run]);

    private SimulatedLogStorage CrashAndOpen(SimulatedDisk disk)
    {
        _host.NowUs += 1_000_000;
        disk.Crash(_host.NowUs, losesPower: true);
        return SimulatedLogStorage.Open(disk, Three, _host);
    }

    [Fact]
    public void What_was_not_synced_is_lost_from_some_record_on()
    {
        Storage.Append(new HardState(2, 1, 1), NewEntries(2, 2, 5), sync: true);
        _host.NowUs += 1_000_000;
        Storage.Append(null, NewEntries(2, 6, 60), sync: false);
        Assert.Equal(60UL, Storage.LastIndex);
        Crash();
        Assert.InRange(Storage.LastIndex, 5UL, 59UL);
        AssertLog((2, 2), (2, Storage.LastIndex));
    }

    [Fact]
    public void A_killed_process_leaves_what_it_wrote()
    {
        Storage.Append(null, NewEntries(2, 2, 9), sync: false);
        _disk.Crash(_host.NowUs, losesPower: false);
        Assert.Equal(9UL, SimulatedLogStorage.Open(_disk, Three, _host).LastIndex);
    }

    [Fact]
    public void Rot_keeps_a_member_from_starting()
    {
        Storage.Append(null, NewEntries(2, 2, 9), sync: true);
        _disk.Rot();
        Assert.Throws<StorageCorruptException>(() => SimulatedLogStorage.Open(_disk, Three, _host));
    }
}
