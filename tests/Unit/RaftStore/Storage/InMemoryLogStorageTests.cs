using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Memory;

namespace Kube.RaftStore.Tests.Storage;

public sealed class InMemoryLogStorageTests : LogStorageConformance
{
    protected override ILogStorage Open(ConfState bootstrap) => new InMemoryLogStorage(bootstrap);

    protected override ILogStorage OpenPeer() => new InMemoryLogStorage(Three);

    protected override ILogStorage CrashAndOpen(ILogStorage storage)
    {
        ((InMemoryLogStorage)storage).Crash();
        return storage;
    }

    protected override ILogStorage OpenFresh(int run) => new InMemoryLogStorage(Three);

    protected override ILogStorage CrashAndOpenFresh(ILogStorage storage, int run) => CrashAndOpen(storage);

    [Fact]
    public void Unsynced_writes_are_lost_in_a_crash()
    {
        Storage.Append(new HardState(2, 1, 1), NewEntries(2, 2, 5), sync: true);
        Storage.Append(null, NewEntries(2, 6, 9), sync: false);
        Assert.Equal(9UL, Storage.LastIndex);
        Crash();
        Assert.Equal(5UL, Storage.LastIndex);
    }
}
