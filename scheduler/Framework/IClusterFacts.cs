using Kube.Api.Selectors;

namespace Kube.Scheduler.Framework;

/// <summary>What plugins need to know of the cluster beside nodes and pods. Safe for use from many threads.</summary>
public interface IClusterFacts
{
    /// <summary>Rises whenever an answer of this type, but for <see cref="Budgets"/> and <see cref="Storage"/>, may have changed.</summary>
    long Version { get; }

    /// <summary>Labels of a namespace; null when it is not known.</summary>
    IReadOnlyDictionary<string, string>? NamespaceLabels(string name);

    /// <summary>
    /// Selects the pods that belong together with this one by the services that select it and the controller that owns it;
    /// null when there is neither. Default topology spread counts these.
    /// </summary>
    LabelSelector? PodsAlike(PodInfo pod);

    /// <summary>The disruption budgets.</summary>
    IReadOnlyList<DisruptionBudget> Budgets { get; }

    /// <summary>Claims and volumes; they have a version of their own.</summary>
    IStorage Storage { get; }
}

/// <summary>How many pods of a group may still be disrupted (policy/v1 PodDisruptionBudget).</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Selector">The pods it is about.</param>
/// <param name="Allowed">Disruptions allowed now.</param>
/// <param name="Disrupted">Names of pods whose disruption is under way and counted already.</param>
public sealed record DisruptionBudget(string Namespace, LabelSelector Selector, int Allowed, IReadOnlySet<string> Disrupted);

/// <summary>A cluster of which nothing is known but nodes and pods.</summary>
public sealed class NoFacts : IClusterFacts
{
    public static NoFacts Instance { get; } = new();

    public long Version => 0;

    public IReadOnlyList<DisruptionBudget> Budgets => [];

    public IStorage Storage => NoStorage.Instance;

    public IReadOnlyDictionary<string, string>? NamespaceLabels(string name) => null;

    public LabelSelector? PodsAlike(PodInfo pod) => null;
}
