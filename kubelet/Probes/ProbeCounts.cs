using System.Collections.Concurrent;
using Kube.Kubelet.Stats;

namespace Kube.Kubelet.Probes;

/// <summary>Counts the answers of probes for /metrics/probes, under Kubernetes' name. A container's counts go with its probes. Thread-safe.</summary>
internal sealed class ProbeCounts
{
    private readonly ConcurrentDictionary<(string Uid, string Container, ProbeKind Kind, bool Success), (string Namespace, string Pod, long Count)> _counts = new();

    public void Count(string ns, string pod, string uid, string container, ProbeKind kind, bool success) =>
        _counts.AddOrUpdate((uid, container, kind, success), (ns, pod, 1), static (_, was) => was with { Count = was.Count + 1 });

    /// <summary>Forgets a pod.</summary>
    public void Forget(string uid)
    {
        foreach ((string Uid, string Container, ProbeKind Kind, bool Success) key in _counts.Keys)
        {
            if (key.Uid == uid)
            {
                _counts.TryRemove(key, out _);
            }
        }
    }

    public string Write()
    {
        const string Name = "prober_probe_total";
        MetricsText text = new();
        text.Family(Name, "counter", "[BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.");
        foreach (((string uid, string container, ProbeKind kind, bool success), (string ns, string pod, long count)) in _counts.OrderBy(c => c.Key))
        {
            text.Sample(
                Name,
                count,
                null,
                ("container", container),
                ("namespace", ns),
                ("pod", pod),
                ("pod_uid", uid),
                ("probe_type", kind.ToString()),
                ("result", success ? "successful" : "failed"));
        }

        return text.ToString();
    }
}
