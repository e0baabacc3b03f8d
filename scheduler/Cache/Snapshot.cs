using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cache;

/// <summary>
/// The cluster at one moment, for one scheduling cycle. Reused from cycle to cycle: only nodes that have
/// changed are copied anew. Used by one thread at a time.
/// </summary>
public sealed class Snapshot(IClusterFacts? facts = null) : ClusterView([], facts)
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Region = "topology.kubernetes.io/region";
    private long _generation = -1;
    private long _structure = -1;

    /// <param name="latest">All nodes, the one changed last first.</param>
    /// <param name="generation">Generation of the last change.</param>
    /// <param name="structure">Rises when a node comes, goes or changes its labels.</param>
    internal void Update(LinkedList<NodeInfo> latest, long generation, long structure)
    {
        if (generation == _generation)
        {
            return;
        }

        if (structure != _structure)
        {
            Reset(InTurns(latest.Where(info => info.Node is not null)).Select(Current).ToList());
        }
        else
        {
            for (var entry = latest.First; entry is not null && entry.Value.Generation > _generation; entry = entry.Next)
            {
                if (entry.Value.Node is not null)
                {
                    Replace(IndexOf(entry.Value.Name), entry.Value.Clone());
                }
            }
        }

        _generation = generation;
        _structure = structure;
    }

    /// <summary>
    /// The nodes by name, one of each zone in turn, so that a search that looks at a part of them meets all zones. Known only
    /// from pods, a node is not in a view.
    /// </summary>
    private static IEnumerable<NodeInfo> InTurns(IEnumerable<NodeInfo> nodes) =>
        nodes.GroupBy(ZoneOf, StringComparer.Ordinal)
            .OrderBy(zone => zone.Key, StringComparer.Ordinal)
            .SelectMany(zone => zone.OrderBy(info => info.Name, StringComparer.Ordinal).Select((info, turn) => (Info: info, Turn: turn)))
            .OrderBy(entry => entry.Turn)
            .Select(entry => entry.Info);

    /// <summary>A copy of the node: the one there is, if it has not changed since.</summary>
    private NodeInfo Current(NodeInfo info) =>
        IndexOf(info.Name) is var index and >= 0 && Nodes[index] is { } copy && copy.Generation == info.Generation ? copy : info.Clone();

    private static string ZoneOf(NodeInfo info) =>
        info.Node!.Metadata.Labels is { } labels
            ? $"{labels.GetValueOrDefault(Region)}:\0:{labels.GetValueOrDefault(Zone)}"
            : string.Empty;
}
