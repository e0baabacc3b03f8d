using System.Globalization;
using System.Text;
using Kube.Api.Json;
using Kube.Api.Core.V1;

namespace Kube.Scheduler.Framework;

/// <summary>
/// Writes down all that filters and scores read of a pod. Every text goes with its length before it, so that no two
/// different pods give the same writing.
/// </summary>
internal static class PodShape
{
    public static string Of(PodInfo pod)
    {
        var spec = pod.Spec;
        var text = new StringBuilder(256);
        Text(text, pod.Key.Namespace);
        Map(text, pod.Labels);
        Map(text, spec.NodeSelector);
        Amounts(text, pod.Requests);
        Amounts(text, pod.ScoredRequests);
        foreach (var port in pod.HostPorts)
        {
            Text(text.Append('p'), port.Protocol);
            Text(text, port.Address);
            text.Append(port.Port);
        }

        foreach (var toleration in spec.Tolerations ?? [])
        {
            Text(text.Append('t'), toleration.Key);
            Text(text, toleration.Operator);
            Text(text, toleration.Value);
            Text(text, toleration.Effect);
        }

        Images(text, spec.InitContainers);
        Images(text, spec.Containers);
        Volumes(text, pod);
        if (spec.Affinity is { } affinity)
        {
            text.Append('a').Append(Encoding.UTF8.GetString(KubeJson.Serialize(affinity)));
        }

        foreach (var constraint in spec.TopologySpreadConstraints ?? [])
        {
            text.Append('s').Append(Encoding.UTF8.GetString(KubeJson.Serialize(constraint)));
        }

        if (pod.Pod.Metadata.OwnerReferences?.Find(owner => owner.Controller == true) is { } controller)
        {
            Text(text.Append('o'), controller.Kind);
            Text(text, controller.Name);
        }

        return text.ToString();
    }

    private static void Volumes(StringBuilder text, PodInfo pod)
    {
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            if (volume.PersistentVolumeClaim is { } claim)
            {
                Text(text.Append('v'), claim.ClaimName);
            }
            else if (volume.Ephemeral is not null)
            {
                // Its claim is named after the pod: no two pods share it.
                Text(text.Append('e'), pod.Key.Name);
            }
        }
    }

    private static void Images(StringBuilder text, List<Container>? containers)
    {
        text.Append('i').Append(containers?.Count ?? 0);
        foreach (var container in containers ?? [])
        {
            Text(text, container.Image);
        }
    }

    private static void Amounts(StringBuilder text, Resources amounts)
    {
        text.Append('r').Append(amounts.CpuMillis).Append(',').Append(amounts.MemoryBytes).Append(',').Append(amounts.EphemeralStorageBytes);
        foreach (var (name, amount) in amounts.Scalars.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Text(text, name);
            text.Append(amount);
        }
    }

    private static void Map(StringBuilder text, Dictionary<string, string>? map)
    {
        text.Append('m').Append(map?.Count ?? 0);
        if (map is null)
        {
            return;
        }

        IEnumerable<KeyValuePair<string, string>> pairs = map.Count > 1 ? map.OrderBy(pair => pair.Key, StringComparer.Ordinal) : map;
        foreach (var (key, value) in pairs)
        {
            Text(text, key);
            Text(text, value);
        }
    }

    private static void Text(StringBuilder text, string? value) =>
        text.Append(CultureInfo.InvariantCulture, $"{value?.Length ?? -1}:").Append(value);
}
