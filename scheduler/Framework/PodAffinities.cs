using Kube.Api.Core.V1;
using Kube.Api.Selectors;

namespace Kube.Scheduler.Framework;

/// <summary>One term of pod affinity or anti-affinity, ready to match.</summary>
/// <param name="Namespaces">Namespaces whose pods it selects.</param>
/// <param name="NamespaceSelector">Further namespaces, by their labels.</param>
/// <param name="Selector">The pods it selects there.</param>
/// <param name="TopologyKey">Label of nodes that makes a domain.</param>
/// <param name="Weight">Its weight; 0 for a required term.</param>
public sealed record AffinityTerm(
    IReadOnlySet<string> Namespaces, LabelSelector NamespaceSelector, LabelSelector Selector, string TopologyKey, int Weight)
{
    /// <summary>True when it selects the pod.</summary>
    public bool Matches(PodInfo pod, IClusterFacts facts) =>
        (Namespaces.Contains(pod.Key.Namespace)
            || (!NamespaceSelector.IsNothing && NamespaceSelector.Matches(facts.NamespaceLabels(pod.Key.Namespace))))
        && Selector.Matches(pod.Labels);
}

/// <summary>A pod's affinity and anti-affinity to other pods. Immutable.</summary>
public sealed class PodAffinities
{
    private static readonly PodAffinities None = new();

    private PodAffinities()
    {
    }

    public IReadOnlyList<AffinityTerm> Required { get; private init; } = [];

    public IReadOnlyList<AffinityTerm> Preferred { get; private init; } = [];

    public IReadOnlyList<AffinityTerm> RequiredAnti { get; private init; } = [];

    public IReadOnlyList<AffinityTerm> PreferredAnti { get; private init; } = [];

    /// <summary>True when there is a term of any kind.</summary>
    public bool IsAny => !ReferenceEquals(this, None);

    /// <summary>Reads the pod's terms; label keys that must (mis)match are filled in from the pod's own labels (KEP-3633).</summary>
    /// <exception cref="SelectorException">A selector is not valid, which the API server does not let in.</exception>
    public static PodAffinities Of(Pod pod)
    {
        var affinity = pod.Spec?.Affinity;
        if (affinity?.PodAffinity is null && affinity?.PodAntiAffinity is null)
        {
            return None;
        }

        return new PodAffinities
        {
            Required = Terms(pod, affinity.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution),
            Preferred = Terms(pod, affinity.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution),
            RequiredAnti = Terms(pod, affinity.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution),
            PreferredAnti = Terms(pod, affinity.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution),
        };
    }

    private static AffinityTerm[] Terms(Pod pod, List<PodAffinityTerm>? terms) =>
        [.. (terms ?? []).Select(term => Term(pod, term, 0))];

    private static AffinityTerm[] Terms(Pod pod, List<WeightedPodAffinityTerm>? terms) =>
        [.. (terms ?? []).Select(term => Term(pod, term.PodAffinityTerm ?? new PodAffinityTerm(), term.Weight))];

    private static AffinityTerm Term(Pod pod, PodAffinityTerm term, int weight)
    {
        var labels = pod.Metadata.Labels;
        var further = LabelMatch.SameAs(term.MatchLabelKeys, labels).Concat(LabelMatch.SameAs(term.MismatchLabelKeys, labels, negate: true));
        IReadOnlySet<string> namespaces = term.Namespaces is { Count: > 0 } named ? named.ToHashSet(StringComparer.Ordinal)
            : term.NamespaceSelector is null ? new HashSet<string>(StringComparer.Ordinal) { pod.Metadata.Namespace ?? string.Empty }
            : new HashSet<string>();
        return new AffinityTerm(
            namespaces, LabelMatch.Of(term.NamespaceSelector), LabelMatch.Of(term.LabelSelector, further), term.TopologyKey ?? string.Empty, weight);
    }
}
