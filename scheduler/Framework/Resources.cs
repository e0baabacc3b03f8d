using Kube.Api.Values;

namespace Kube.Scheduler.Framework;

/// <summary>Amounts of the resources of a node or a pod, in whole units: millicores, bytes, counts.</summary>
public sealed class Resources
{
    /// <summary>Request that scoring assumes for a container that names none, in millicores (Kubernetes' DefaultMilliCPURequest).</summary>
    public const long DefaultCpuMillis = 100;

    /// <summary>Request that scoring assumes for a container that names none, in bytes (Kubernetes' DefaultMemoryRequest).</summary>
    public const long DefaultMemoryBytes = 200 * 1024 * 1024;

    private static readonly Dictionary<string, long> NoScalars = new(StringComparer.Ordinal);
    private Dictionary<string, long>? _scalars;

    public long CpuMillis { get; set; }

    public long MemoryBytes { get; set; }

    public long EphemeralStorageBytes { get; set; }

    /// <summary>Number of pods; meaningful for a node's allocatable.</summary>
    public long Pods { get; set; }

    /// <summary>Extended resources and huge pages by name.</summary>
    public IReadOnlyDictionary<string, long> Scalars => _scalars ?? NoScalars;

    private Dictionary<string, long> Mutable => _scalars ??= new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Reads a resource list such as a node's allocatable.</summary>
    public static Resources From(IReadOnlyDictionary<string, Quantity>? list)
    {
        var resources = new Resources();
        if (list is not null)
        {
            foreach (var (name, quantity) in list)
            {
                resources.Set(name, quantity);
            }
        }

        return resources;
    }

    /// <summary>Adds <paramref name="sign"/> times the other amounts.</summary>
    public void Add(Resources other, int sign = 1)
    {
        CpuMillis += sign * other.CpuMillis;
        MemoryBytes += sign * other.MemoryBytes;
        EphemeralStorageBytes += sign * other.EphemeralStorageBytes;
        foreach (var (name, amount) in other._scalars ?? NoScalars)
        {
            Mutable[name] = Scalars.GetValueOrDefault(name) + (sign * amount);
        }
    }

    /// <summary>Raises each amount to the other's where that is larger.</summary>
    public void Max(Resources other)
    {
        CpuMillis = Math.Max(CpuMillis, other.CpuMillis);
        MemoryBytes = Math.Max(MemoryBytes, other.MemoryBytes);
        EphemeralStorageBytes = Math.Max(EphemeralStorageBytes, other.EphemeralStorageBytes);
        foreach (var (name, amount) in other._scalars ?? NoScalars)
        {
            Mutable[name] = Math.Max(Scalars.GetValueOrDefault(name), amount);
        }
    }

    public Resources Clone()
    {
        var copy = new Resources
        {
            CpuMillis = CpuMillis,
            MemoryBytes = MemoryBytes,
            EphemeralStorageBytes = EphemeralStorageBytes,
            Pods = Pods,
        };
        if (_scalars is not null)
        {
            copy._scalars = new Dictionary<string, long>(_scalars, StringComparer.Ordinal);
        }

        return copy;
    }

    private void Set(string name, Quantity quantity)
    {
        switch (name)
        {
            case "cpu":
                CpuMillis = quantity.MilliValue();
                break;
            case "memory":
                MemoryBytes = quantity.Value();
                break;
            case "ephemeral-storage":
                EphemeralStorageBytes = quantity.Value();
                break;
            case "pods":
                Pods = quantity.Value();
                break;
            default:
                Mutable[name] = quantity.Value();
                break;
        }
    }
}
