namespace Kube.Controllers.ServiceEndpoints;

/// <summary>Which pods stand behind a service, and on which ports. Pure.</summary>
internal static class ServicePods
{
    public const string HeadlessLabel = "service.kubernetes.io/headless";
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    /// <summary>A service with a selector has its endpoints made by controllers; one without by its user.</summary>
    public static bool HasSelector(Service service) =>
        service.Spec is { Selector.Count: > 0, Type: not "ExternalName" };

    public static bool IsHeadless(Service service) => service.Spec?.ClusterIP == "None";

    /// <summary>A pod with an address that has not come to its end.</summary>
    public static bool MayServe(Pod pod, bool includeTerminating) =>
        !string.IsNullOrEmpty(pod.Status?.PodIP) && !Pods.IsTerminal(pod) && (includeTerminating || pod.Metadata.DeletionTimestamp is null);

    /// <summary>
    /// The number behind a service port on a pod; null when the pod has no container port of that name and protocol.
    /// </summary>
    public static int? FindPort(Pod pod, ServicePort port)
    {
        if (port.TargetPort is not { } target || (target.IsNumber && target.Number == 0))
        {
            return port.Port;
        }

        if (target.IsNumber)
        {
            return target.Number;
        }

        return pod.Spec?.Containers?
            .SelectMany(static container => container.Ports ?? [])
            .FirstOrDefault(candidate => candidate.Name == target.Text && (candidate.Protocol ?? "TCP") == (port.Protocol ?? "TCP"))?
            .ContainerPortValue;
    }

    /// <summary>A pod is known by its own name under a headless service that its subdomain names.</summary>
    public static string? HostnameOf(Pod pod, Service service) =>
        pod.Spec?.Hostname is { Length: > 0 } hostname && pod.Spec.Subdomain == service.Metadata.Name && pod.Metadata.Namespace == service.Metadata.Namespace
            ? hostname
            : null;

    public static ObjectReference ReferenceTo(Pod pod) => new()
    {
        Kind = "Pod",
        Namespace = pod.Metadata.Namespace,
        Name = pod.Metadata.Name,
        Uid = pod.Metadata.Uid,
    };

    /// <summary>The services whose selectors match the labels that a pod has, or had.</summary>
    public static IEnumerable<Service> ServicesOf(IReadOnlyStore<Service> services, Pod pod) =>
        services.List(pod.Metadata.Namespace).Where(service => HasSelector(service) && LabelMatch.MatchesAll(service.Spec!.Selector, pod.Metadata.Labels));

    /// <summary>True when a change of a pod cannot change any endpoint.</summary>
    public static bool AreAlike(Pod old, Pod pod) =>
        old.Status?.PodIP == pod.Status?.PodIP &&
        old.Status?.Phase == pod.Status?.Phase &&
        old.Spec?.NodeName == pod.Spec?.NodeName &&
        Pods.IsReady(old) == Pods.IsReady(pod) &&
        old.Metadata.DeletionTimestamp == pod.Metadata.DeletionTimestamp &&
        SameLabels(old.Metadata.Labels, pod.Metadata.Labels);

    private static bool SameLabels(Dictionary<string, string>? left, Dictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0) && (left?.All(pair => right!.TryGetValue(pair.Key, out var value) && value == pair.Value) ?? true);
}
