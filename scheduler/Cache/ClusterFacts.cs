using System.Collections.Immutable;
using Kube.Api.Apps.V1;
using Kube.Api.Core.V1;
using Kube.Api.Policy.V1;
using Kube.Api.Selectors;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cache;

/// <summary>
/// Namespaces, services, controllers and disruption budgets, as the informers tell. The version rises only when what a plugin reads has
/// changed, not with every status that a controller writes.
/// </summary>
public sealed class ClusterFacts : IClusterFacts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ImmutableSortedDictionary<string, string>> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Kind, string Name), string> _written = [];
    private readonly Dictionary<string, Dictionary<string, LabelSelector>> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Kind, string Name), LabelSelector> _controllers = [];
    private readonly Dictionary<(string Namespace, string Name), DisruptionBudget> _budgets = [];
    private DisruptionBudget[] _budgetList = [];
    private long _version;

    public long Version => Interlocked.Read(ref _version);

    IStorage IClusterFacts.Storage => Storage;

    public StorageCache Storage { get; } = new();

    public IReadOnlyList<DisruptionBudget> Budgets => Volatile.Read(ref _budgetList);

    public IReadOnlyDictionary<string, string>? NamespaceLabels(string name)
    {
        lock (_lock)
        {
            return _namespaces.GetValueOrDefault(name);
        }
    }

    public LabelSelector? PodsAlike(PodInfo pod)
    {
        lock (_lock)
        {
            var requirements = new List<LabelRequirement>();
            if (_services.TryGetValue(pod.Key.Namespace, out var services))
            {
                foreach (var selector in services.Values)
                {
                    if (selector.Matches(pod.Labels))
                    {
                        requirements.AddRange(selector.Requirements);
                    }
                }
            }

            if (pod.Pod.Metadata.OwnerReferences?.Find(owner => owner.Controller == true) is { Kind: { } kind, Name: { } name }
                && _controllers.TryGetValue((pod.Key.Namespace, kind, name), out var owned))
            {
                requirements.AddRange(owned.Requirements);
            }

            return requirements.Count == 0 ? null : LabelSelector.Of(requirements);
        }
    }

    /// <summary>A namespace is new or has changed. True when that may matter to a pending pod.</summary>
    public bool Set(Namespace space)
    {
        lock (_lock)
        {
            var labels = (space.Metadata.Labels ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);
            if (_namespaces.TryGetValue(space.Metadata.Name!, out var before) && before.SequenceEqual(labels))
            {
                return false;
            }

            _namespaces[space.Metadata.Name!] = labels;
            _version++;
            return true;
        }
    }

    public void Remove(Namespace space)
    {
        lock (_lock)
        {
            _version += _namespaces.Remove(space.Metadata.Name!) ? 1 : 0;
        }
    }

    /// <summary>A service is new or has changed. True when that may matter to a pending pod.</summary>
    public bool Set(Service service)
    {
        var ns = service.Metadata.Namespace ?? string.Empty;
        var selector = service.Spec?.Selector is { Count: > 0 } labels ? LabelSelector.FromSet(labels) : null;
        lock (_lock)
        {
            if (!IsNews((ns, nameof(Service), service.Metadata.Name!), selector))
            {
                return false;
            }

            if (!_services.TryGetValue(ns, out var services))
            {
                _services.Add(ns, services = new(StringComparer.Ordinal));
            }

            services.Remove(service.Metadata.Name!);
            if (selector is not null)
            {
                services.Add(service.Metadata.Name!, selector);
            }

            return true;
        }
    }

    public void Remove(Service service)
    {
        var ns = service.Metadata.Namespace ?? string.Empty;
        lock (_lock)
        {
            _written.Remove((ns, nameof(Service), service.Metadata.Name!));
            if (_services.TryGetValue(ns, out var services) && services.Remove(service.Metadata.Name!))
            {
                _version++;
                if (services.Count == 0)
                {
                    _services.Remove(ns);
                }
            }
        }
    }

    public bool Set(ReplicationController controller) => SetController(
        controller.Metadata.Namespace, nameof(ReplicationController), controller.Metadata.Name!, LabelSelector.FromSet(controller.Spec?.Selector));

    public bool Set(ReplicaSet controller) => SetController(
        controller.Metadata.Namespace, nameof(ReplicaSet), controller.Metadata.Name!, LabelMatch.Of(controller.Spec?.Selector));

    public bool Set(StatefulSet controller) => SetController(
        controller.Metadata.Namespace, nameof(StatefulSet), controller.Metadata.Name!, LabelMatch.Of(controller.Spec?.Selector));

    /// <summary>A controller (kind ReplicationController, ReplicaSet or StatefulSet) is gone.</summary>
    public void RemoveController(string? ns, string kind, string name)
    {
        lock (_lock)
        {
            var key = (ns ?? string.Empty, kind, name);
            _written.Remove(key);
            _version += _controllers.Remove(key) ? 1 : 0;
        }
    }

    public void Set(PodDisruptionBudget budget)
    {
        var key = (budget.Metadata.Namespace ?? string.Empty, budget.Metadata.Name!);
        lock (_lock)
        {
            _budgets[key] = new DisruptionBudget(
                key.Item1,
                LabelMatch.Of(budget.Spec?.Selector),
                budget.Status?.DisruptionsAllowed ?? 0,
                (budget.Status?.DisruptedPods?.Keys ?? Enumerable.Empty<string>()).ToHashSet(StringComparer.Ordinal));
            Volatile.Write(ref _budgetList, [.. _budgets.Values]);
        }
    }

    public void Remove(PodDisruptionBudget budget)
    {
        lock (_lock)
        {
            _budgets.Remove((budget.Metadata.Namespace ?? string.Empty, budget.Metadata.Name!));
            Volatile.Write(ref _budgetList, [.. _budgets.Values]);
        }
    }

    private bool SetController(string? ns, string kind, string name, LabelSelector selector)
    {
        lock (_lock)
        {
            var key = (ns ?? string.Empty, kind, name);
            if (!IsNews(key, selector))
            {
                return false;
            }

            _controllers[key] = selector;
            return true;
        }
    }

    /// <summary>True, and the version is raised, when the selector is not the one that the object had before.</summary>
    private bool IsNews((string Namespace, string Kind, string Name) key, LabelSelector? selector)
    {
        var text = selector?.ToString() ?? string.Empty;
        if (_written.TryGetValue(key, out var before) && before == text)
        {
            return false;
        }

        _written[key] = text;
        _version++;
        return true;
    }
}
