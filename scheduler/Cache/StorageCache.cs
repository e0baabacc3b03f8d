using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Storage.V1;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cache;

/// <summary>
/// Claims, volumes, classes and drivers as the informers tell, and what is set aside for pods that are being bound. What is set aside
/// for an object holds until the informer shows a newer form of it: its word always wins.
/// </summary>
public sealed partial class StorageCache : IStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Name), PersistentVolumeClaim> _claims = [];
    private readonly Dictionary<string, PersistentVolume> _volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StorageClass> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CSIDriver> _drivers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CSINode> _nodeDrivers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, VolumeAttachment>> _attachments = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Name), CSIStorageCapacity> _capacities = [];
    private readonly Dictionary<string, PersistentVolume[]> _byClass = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VolumePlan> _plans = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Assumed<PersistentVolume>> _assumedVolumes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Name), Assumed<PersistentVolumeClaim>> _assumedClaims = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _version;

    public long Version => Interlocked.Read(ref _version);

    /// <summary>Completes at the next change. Take it before looking, lest a change in between be missed.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public PersistentVolumeClaim? Claim(string ns, string name)
    {
        lock (_lock)
        {
            var key = (ns, name);
            return Current(_claims.GetValueOrDefault(key), _assumedClaims.GetValueOrDefault(key));
        }
    }

    public PersistentVolume? Volume(string name)
    {
        lock (_lock)
        {
            return Current(_volumes.GetValueOrDefault(name), _assumedVolumes.GetValueOrDefault(name));
        }
    }

    /// <summary>The claim as the API server has it, whatever was set aside.</summary>
    public PersistentVolumeClaim? ActualClaim(string ns, string name)
    {
        lock (_lock)
        {
            return _claims.GetValueOrDefault((ns, name));
        }
    }

    /// <summary>The volume as the API server has it, whatever was set aside.</summary>
    public PersistentVolume? ActualVolume(string name)
    {
        lock (_lock)
        {
            return _volumes.GetValueOrDefault(name);
        }
    }

    public IReadOnlyList<PersistentVolume> VolumesOf(string storageClass)
    {
        lock (_lock)
        {
            if (!_byClass.TryGetValue(storageClass, out var volumes))
            {
                volumes =
                [
                    .. _volumes.Values.Where(volume => VolumeRules.ClassOf(volume) == storageClass)
                        .OrderBy(volume => volume.Metadata.Name, StringComparer.Ordinal)
                        .Select(volume => Current(volume, _assumedVolumes.GetValueOrDefault(volume.Metadata.Name!))!),
                ];
                _byClass.Add(storageClass, volumes);
            }

            return volumes;
        }
    }

    public StorageClass? Class(string name) => Find(_classes, name);

    public CSIDriver? Driver(string name) => Find(_drivers, name);

    public CSINode? DriversOn(string node) => Find(_nodeDrivers, node);

    public IReadOnlyList<VolumeAttachment> AttachmentsOn(string node)
    {
        lock (_lock)
        {
            return _attachments.TryGetValue(node, out var found) ? [.. found.Values] : [];
        }
    }

    public IReadOnlyList<CSIStorageCapacity> Capacities(string storageClass)
    {
        lock (_lock)
        {
            return [.. _capacities.Values.Where(capacity => capacity.StorageClassName == storageClass)];
        }
    }

    public bool Reserve(PodInfo pod, string node, VolumePlan plan)
    {
        if (plan.IsNothing)
        {
            return true;
        }

        lock (_lock)
        {
            if (_plans.ContainsKey(pod.Uid) || plan.Static.Any(pair => !IsFree(pair.Volume, pair.Claim)))
            {
                return false;
            }

            foreach (var (volume, claim) in plan.Static)
            {
                Assume(_assumedVolumes, volume.Metadata.Name!, _volumes[volume.Metadata.Name!], actual => For(actual, claim));
            }

            foreach (var claim in plan.Provisioned)
            {
                var key = KeyOf(claim);
                if (_claims.TryGetValue(key, out var actual))
                {
                    Assume(_assumedClaims, key, actual, before => On(before, node));
                }
            }

            _plans.Add(pod.Uid, plan);
            Touch();
            return true;
        }
    }

    public VolumePlan? PlanOf(string podUid)
    {
        lock (_lock)
        {
            return _plans.GetValueOrDefault(podUid);
        }
    }

    public void Release(string podUid)
    {
        lock (_lock)
        {
            if (!_plans.Remove(podUid, out var plan))
            {
                return;
            }

            foreach (var (volume, _) in plan.Static)
            {
                Forget(_assumedVolumes, volume.Metadata.Name!);
            }

            foreach (var claim in plan.Provisioned)
            {
                Forget(_assumedClaims, KeyOf(claim));
            }

            Touch();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static (string Namespace, string Name) KeyOf(IKubeObject value) => (value.Metadata.Namespace ?? string.Empty, value.Metadata.Name ?? string.Empty);

    /// <summary>A copy of the volume as it will be when it is bound to the claim.</summary>
    private static PersistentVolume For(PersistentVolume volume, PersistentVolumeClaim claim)
    {
        var copy = KubeJson.Deserialize<PersistentVolume>(KubeJson.Serialize(volume))!;
        copy.Spec!.ClaimRef = new ObjectReference
        {
            Kind = "PersistentVolumeClaim",
            ApiVersion = "v1",
            Namespace = claim.Metadata.Namespace,
            Name = claim.Metadata.Name,
            Uid = claim.Metadata.Uid,
        };
        return copy;
    }

    /// <summary>A copy of the claim as it will be when its volume is to be made for the node; another pod that uses it must go there too.</summary>
    private static PersistentVolumeClaim On(PersistentVolumeClaim claim, string node)
    {
        var copy = KubeJson.Deserialize<PersistentVolumeClaim>(KubeJson.Serialize(claim))!;
        (copy.Metadata.Annotations ??= new(StringComparer.Ordinal))[VolumeRules.SelectedNode] = node;
        return copy;
    }

    private static T? Current<T>(T? actual, Assumed<T>? assumed)
        where T : class => assumed is not null && ReferenceEquals(assumed.Base, actual) ? assumed.Value : actual;

    private static void Assume<TKey, T>(Dictionary<TKey, Assumed<T>> into, TKey key, T actual, Func<T, T> change)
        where TKey : notnull
        where T : class
    {
        var before = into.GetValueOrDefault(key);
        into[key] = before is not null && ReferenceEquals(before.Base, actual)
            ? before with { Pods = before.Pods + 1 }
            : new Assumed<T>(actual, change(actual), (before?.Pods ?? 0) + 1);
    }

    private static void Forget<TKey, T>(Dictionary<TKey, Assumed<T>> from, TKey key)
        where TKey : notnull
        where T : class
    {
        if (from.TryGetValue(key, out var assumed))
        {
            if (assumed.Pods > 1)
            {
                from[key] = assumed with { Pods = assumed.Pods - 1 };
            }
            else
            {
                from.Remove(key);
            }
        }
    }

    private T? Find<T>(Dictionary<string, T> values, string name)
        where T : class
    {
        lock (_lock)
        {
            return values.GetValueOrDefault(name);
        }
    }

    private bool IsFree(PersistentVolume volume, PersistentVolumeClaim claim) =>
        _volumes.ContainsKey(volume.Metadata.Name!)
        && Current(_volumes[volume.Metadata.Name!], _assumedVolumes.GetValueOrDefault(volume.Metadata.Name!)) is { } current
        && (current.Spec?.ClaimRef is null || VolumeRules.IsFor(current, claim));

    private void Touch()
    {
        _version++;
        _byClass.Clear();
        var signalled = _changed;
        Volatile.Write(ref _changed, NewSignal());
        signalled.TrySetResult();
    }

    private sealed record Assumed<T>(T Base, T Value, int Pods);
}
