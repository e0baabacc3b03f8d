using System.Globalization;
using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Values that a pod can ask of itself: fields of its object and resources of its containers. Pure.</summary>
internal static class DownwardApi
{
    /// <summary>The value of a field path, or null when there is no such field.</summary>
    public static string? Field(Pod pod, string path, PodStatus? status, string nodeName)
    {
        int bracket = path.IndexOf("['", StringComparison.Ordinal);
        if (bracket > 0 && path.EndsWith("']", StringComparison.Ordinal))
        {
            string key = path[(bracket + 2)..^2];
            return path[..bracket] switch
            {
                "metadata.labels" => pod.Metadata.Labels?.GetValueOrDefault(key) ?? "",
                "metadata.annotations" => pod.Metadata.Annotations?.GetValueOrDefault(key) ?? "",
                _ => null,
            };
        }

        return path switch
        {
            "metadata.name" => pod.Metadata.Name ?? "",
            "metadata.namespace" => pod.Metadata.Namespace ?? "",
            "metadata.uid" => pod.Metadata.Uid ?? "",
            "metadata.labels" => Map(pod.Metadata.Labels),
            "metadata.annotations" => Map(pod.Metadata.Annotations),
            "spec.nodeName" => nodeName,
            "spec.serviceAccountName" => pod.Spec?.ServiceAccountName ?? "",
            "spec.restartPolicy" => pod.Spec?.RestartPolicy ?? "",
            "spec.schedulerName" => pod.Spec?.SchedulerName ?? "",
            "status.phase" => status?.Phase ?? "",
            "status.hostIP" => status?.HostIP ?? "",
            "status.hostIPs" => string.Join(',', status?.HostIPs?.Select(h => h.Ip) ?? []),
            "status.podIP" => status?.PodIP ?? "",
            "status.podIPs" => string.Join(',', status?.PodIPs?.Select(p => p.Ip) ?? []),
            _ => null,
        };
    }

    /// <summary>
    /// The value of a resource such as limits.cpu in units of the divisor, rounded up. A limit that is not set is the
    /// node's allocatable.
    /// </summary>
    public static string? Resource(Container container, ResourceFieldSelector selector, IReadOnlyDictionary<string, Quantity> allocatable)
    {
        string[] parts = (selector.Resource ?? "").Split('.', 2);
        if (parts is not [("limits" or "requests") and var kind, var name])
        {
            return null;
        }

        Quantity value = default;
        if (kind == "requests")
        {
            _ = container.Resources?.Requests?.TryGetValue(name, out value);
        }
        else if (container.Resources?.Limits?.TryGetValue(name, out value) != true || value.IsZero)
        {
            _ = allocatable.TryGetValue(name, out value);
        }

        Quantity divisor = selector.Divisor is { IsZero: false } given ? given : new Quantity(1);
        long result = name == "cpu"
            ? DivideUp(value.MilliValue(), divisor.MilliValue())
            : DivideUp(value.Value(), divisor.Value());
        return result.ToString(CultureInfo.InvariantCulture);
    }

    private static long DivideUp(long value, long divisor) => (value + divisor - 1) / divisor;

    private static string Map(Dictionary<string, string>? values) => string.Join(
        '\n',
        (values ?? []).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={Quote(v.Value)}"));

    /// <summary>A Go string literal, as Kubernetes writes label values into files.</summary>
    private static string Quote(string value)
    {
        System.Text.StringBuilder quoted = new("\"");
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
