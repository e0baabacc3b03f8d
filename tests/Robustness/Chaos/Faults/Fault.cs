using Kube.Base;
using Kube.Robustness.Chaos.Cluster;
using Kube.Robustness.Chaos.Workload;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>What a fault works on.</summary>
/// <param name="Quiet">Held by the background while one of its faults is in force, and by a fault that wants none beside it.</param>
/// <param name="RecoveryLimit">Once a fault is healed, a write has to be acknowledged within this.</param>
internal sealed record FaultContext(
    StoreCluster Cluster, LinkFaults Links, Recorder Recorder, FaultLog Log, Prng Random, SemaphoreSlim Quiet, TimeSpan RecoveryLimit)
{
    /// <summary>A running member, the leader or not; null when none is to be had.</summary>
    public async Task<Member?> PickAsync(bool isLeader)
    {
        var leader = await Cluster.FindLeaderAsync();
        if (isLeader)
        {
            return leader is { } number && Cluster.Members.TryGetValue(number, out var member) ? member : null;
        }

        return Some(1, except: leader).FirstOrDefault();
    }

    /// <summary>So many members, chosen by chance.</summary>
    public IReadOnlyList<Member> Some(int count, int? except = null)
    {
        var left = Cluster.Members.Values.Where(member => member.Address.Number != except).ToList();
        var chosen = new List<Member>();
        while (chosen.Count < count && left.Count > 0)
        {
            var at = Random.Next(left.Count);
            chosen.Add(left[at]);
            left.RemoveAt(at);
        }

        return chosen;
    }

    public static string Names(IEnumerable<Member> members) =>
        string.Join(", ", members.Select(member => member.Address.Name).Order(StringComparer.Ordinal));
}

/// <summary>
/// One fault: what it does to the cluster, and how that is taken back. Processes that are down or paused need not be
/// cared for in <see cref="HealAsync"/>: they are revived after it.
/// </summary>
internal abstract class Fault
{
    /// <summary>Does it; gives words for the report.</summary>
    /// <exception cref="FaultSkippedException">There is nothing to do it to just now, or the store cannot do what it needs.</exception>
    public abstract Task<string> InjectAsync(FaultContext context);

    /// <summary>Takes it back.</summary>
    public virtual Task HealAsync(FaultContext context) => Task.CompletedTask;

    /// <summary>How long it stays.</summary>
    public virtual TimeSpan Duration(Prng random) => TimeSpan.FromMilliseconds(random.Next(1000, 3500));
}

/// <summary>A fault that could not be injected, which is no fault of anybody's.</summary>
internal sealed class FaultSkippedException(string message) : Exception(message);
