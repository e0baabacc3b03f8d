using Kube.Api.Core.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.NodeAffinity;

/// <summary>
/// The pod's nodeSelector and node affinity: required terms filter, preferred terms add their weight to a node's score.
/// An affinity of the configuration holds for every pod beside its own.
/// </summary>
public sealed class NodeAffinity(Api.Core.V1.NodeAffinity? addedAffinity = null) : IPreFilterPlugin, IFilterPlugin, IPreScorePlugin, INormalizeScorePlugin, IQueueingHints
{
    private const string NameField = "metadata.name";
    private static readonly Status Mismatch = Status.Unresolvable("node(s) didn't match Pod's node affinity/selector").By("NodeAffinity");
    private static readonly Status AddedMismatch = Status.Unresolvable("node(s) didn't match scheduler-enforced node affinity").By("NodeAffinity");
    private static readonly Status Conflict = Status.Unresolvable("pod affinity terms conflict").By("NodeAffinity");
    private readonly NodeSelector? _addedRequired = addedAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
    private readonly List<PreferredSchedulingTerm> _addedPreferred = addedAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [];

    public string Name => "NodeAffinity";

    public int Weight => 2;

    /// <summary>Terms that all name their node leave only those nodes to look at, as a daemon's pods do.</summary>
    public PreFilterResult PreFilter(PodInfo pod, ClusterView view)
    {
        var required = pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        if (required is null)
        {
            return _addedRequired is null && pod.Spec.NodeSelector is not { Count: > 0 } ? Status.Skip : Status.Success;
        }

        var named = NodesNamed(required.NodeSelectorTerms ?? []);
        return named is { Count: 0 } ? Conflict : new PreFilterResult(Status.Success, named);
    }

    public Status Filter(PodInfo pod, NodeInfo node)
    {
        if (node.Node is null)
        {
            return Mismatch;
        }

        if (_addedRequired is not null && !(_addedRequired.NodeSelectorTerms ?? []).Any(term => NodeSelectors.Matches(term, node.Node)))
        {
            return AddedMismatch;
        }

        return NodeSelectors.MatchesRequired(pod.Spec, node.Node) ? Status.Success : Mismatch;
    }

    public Status PreScore(PodInfo pod) =>
        _addedPreferred.Count > 0 || pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution is { Count: > 0 }
            ? Status.Success
            : Status.Skip;

    public long Score(PodInfo pod, NodeInfo node) =>
        Sum(_addedPreferred, node.Node!) + Sum(pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [], node.Node!);

    public void Normalize(Span<long> scores) => ScoreNormalization.Scale(scores, reverse: false);

    public bool MayHelp(PodInfo pod, ClusterEvent change) =>
        change.Is(ClusterChange.NodeAdded | ClusterChange.NodeLabels)
        && (change.Node is null || NodeSelectors.MatchesRequired(pod.Spec, change.Node));

    private static long Sum(List<PreferredSchedulingTerm> terms, Node node)
    {
        long score = 0;
        foreach (var term in terms)
        {
            if (term.Preference is not null && NodeSelectors.Matches(term.Preference, node))
            {
                score += term.Weight;
            }
        }

        return score;
    }

    /// <summary>The nodes that the terms name; null when one of the terms names none. Empty when names of one term conflict in all of them.</summary>
    private static HashSet<string>? NodesNamed(List<NodeSelectorTerm> terms)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var term in terms)
        {
            HashSet<string>? named = null;
            foreach (var field in term.MatchFields ?? [])
            {
                if (field is { Key: NameField, Operator: "In" })
                {
                    var values = (field.Values ?? []).ToHashSet(StringComparer.Ordinal);
                    if (named is not null)
                    {
                        values.IntersectWith(named);
                    }

                    named = values;
                }
            }

            if (named is null)
            {
                return null;
            }

            all.UnionWith(named);
        }

        return terms.Count == 0 ? null : all;
    }
}
