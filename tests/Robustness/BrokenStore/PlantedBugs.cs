using Kube.RaftStore.Host;

namespace Kube.Robustness.BrokenStore;

/// <summary>
/// Bugs by name. Each is one faulty part between the real parts of a member, so that everything else is the code
/// that is shipped.
/// </summary>
internal static class PlantedBugs
{
    public static IReadOnlyDictionary<string, StoreSeams> All { get; } = new SortedDictionary<string, StoreSeams>(StringComparer.Ordinal)
    {
        // The control: the same program with no bug at all must be found sound.
        ["none"] = StoreSeams.None,

        // Acknowledged writes are gone when a majority is killed, as if the log had never been synced.
        ["forget-log-tail"] = new() { Storage = static storage => new ForgetfulStorage(storage) },

        // Linearizable reads are answered from what the member happens to have.
        ["stale-read"] = new() { Log = static log => new HastyLog(log) },

        // A watch leaves out an event now and then.
        ["drop-watch-event"] = new() { Watch = static watch => new LossyWatch(watch).Definition },

        // One entry in a few hundred is not applied, not the same one on every member: they come to differ.
        ["skip-apply"] = new() { Machine = static machine => new LazyMachine(machine) },
    };
}
