using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// Where the pods are that a pod of this shape must or would like to be near to or away from, and where those are that feel so about it:
/// sums by domain of each topology key.
/// </summary>
internal sealed class InterPodAffinityRule : IClusterRule
{
    private static readonly Status NoAffinity = Status.Unresolvable("node(s) didn't match pod affinity rules").By("InterPodAffinity");
    private static readonly Status AntiAffinity = Status.Unschedulable("node(s) didn't match pod anti-affinity rules").By("InterPodAffinity");
    private static readonly Status ExistingAntiAffinity =
        Status.Unschedulable("node(s) didn't satisfy existing pods anti-affinity rules").By("InterPodAffinity");

    private readonly PodInfo _pod;
    private readonly IClusterFacts _facts;
    private readonly int _hardWeight;
    private readonly bool _scoresOthersPreferred;
    private readonly bool _readsAllPods;
    private readonly bool _matchesItself;
    private readonly DomainCounts _near;
    private readonly DomainCounts _away;
    private readonly DomainCounts _awayFromUs;
    private readonly DomainCounts _score;

    public InterPodAffinityRule(PodInfo pod, ClusterView view, int hardWeight, bool ignoreOthersPreferred)
    {
        _pod = pod;
        _facts = view.Facts;
        _hardWeight = hardWeight;
        _scoresOthersPreferred = !ignoreOthersPreferred || pod.Affinity.Preferred.Count > 0 || pod.Affinity.PreferredAnti.Count > 0;
        _readsAllPods = pod.Affinity.IsAny;
        _matchesItself = MatchesAll(pod);
        _near = new DomainCounts(view);
        _away = new DomainCounts(view);
        _awayFromUs = new DomainCounts(view);
        _score = new DomainCounts(view);
    }

    public CountedPods Counts => _readsAllPods ? CountedPods.All : CountedPods.WithAffinity;

    public bool CountsNodes => false;

    public bool Filters => _pod.Affinity.Required.Count > 0 || _away.NonZero > 0 || _awayFromUs.NonZero > 0;

    public bool Scores => _score.NonZero > 0;

    public void CountNode(NodeInfo node, int sign)
    {
        // A node without pods says nothing.
    }

    public void CountPod(NodeInfo node, PodInfo pod, int sign)
    {
        if (_readsAllPods)
        {
            CountOurTerms(node, pod, sign);
        }

        if (pod.Affinity.IsAny)
        {
            CountTheirTerms(node, pod, sign);
        }
    }

    public Status Filter(int index, NodeInfo node)
    {
        if (!IsNear(index))
        {
            return NoAffinity;
        }

        if (_away.AnyAt(index))
        {
            return AntiAffinity;
        }

        return _awayFromUs.AnyAt(index) ? ExistingAntiAffinity : Status.Success;
    }

    public void Score(ReadOnlySpan<int> feasible, Span<long> scores)
    {
        var least = long.MaxValue;
        var most = long.MinValue;
        for (var i = 0; i < feasible.Length; i++)
        {
            var score = scores[i] = _score.At(feasible[i]);
            least = Math.Min(least, score);
            most = Math.Max(most, score);
        }

        var range = most - least;
        foreach (ref var score in scores)
        {
            score = range > 0 ? (long)(IScorePlugin.MaxScore * ((double)(score - least) / range)) : 0;
        }
    }

    private void CountOurTerms(NodeInfo node, PodInfo pod, int sign)
    {
        var ours = _pod.Affinity;
        if (ours.Required.Count > 0 && MatchesAll(pod))
        {
            foreach (var term in ours.Required)
            {
                _near.Add(term.TopologyKey, node, sign);
            }
        }

        AddMatching(_away, ours.RequiredAnti, node, pod, sign, weighted: false);
        AddMatching(_score, ours.Preferred, node, pod, sign, weighted: true);
        AddMatching(_score, ours.PreferredAnti, node, pod, -sign, weighted: true);
    }

    private void CountTheirTerms(NodeInfo node, PodInfo pod, int sign)
    {
        var theirs = pod.Affinity;
        AddMatching(_awayFromUs, theirs.RequiredAnti, node, _pod, sign, weighted: false);
        if (_hardWeight > 0)
        {
            AddMatching(_score, theirs.Required, node, _pod, sign * _hardWeight, weighted: false);
        }

        if (_scoresOthersPreferred)
        {
            AddMatching(_score, theirs.Preferred, node, _pod, sign, weighted: true);
            AddMatching(_score, theirs.PreferredAnti, node, _pod, -sign, weighted: true);
        }
    }

    private void AddMatching(DomainCounts counts, IReadOnlyList<AffinityTerm> terms, NodeInfo node, PodInfo selected, int factor, bool weighted)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            if (terms[i].Matches(selected, _facts))
            {
                counts.Add(terms[i].TopologyKey, node, weighted ? factor * terms[i].Weight : factor);
            }
        }
    }

    /// <summary>
    /// Every term needs a pod in the node's domain that all terms select. The first pod of a group that selects itself needs none,
    /// or no such group could ever begin.
    /// </summary>
    private bool IsNear(int node)
    {
        var found = true;
        foreach (var term in _pod.Affinity.Required)
        {
            if (_near.At(term.TopologyKey, node) is not { } count)
            {
                return false;
            }

            found &= count > 0;
        }

        return found || (_near.NonZero == 0 && _matchesItself);
    }

    private bool MatchesAll(PodInfo pod)
    {
        foreach (var term in _pod.Affinity.Required)
        {
            if (!term.Matches(pod, _facts))
            {
                return false;
            }
        }

        return _pod.Affinity.Required.Count > 0;
    }
}
