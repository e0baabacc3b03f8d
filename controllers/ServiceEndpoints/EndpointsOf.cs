using CoreEndpointPort = Kube.Api.Core.V1.EndpointPort;

namespace Kube.Controllers.ServiceEndpoints;

/// <summary>The subsets that the Endpoints of a service should have. Pure.</summary>
internal static class EndpointsOf
{
    /// <summary>An Endpoints object holds no more addresses than this.</summary>
    public const int MaxAddresses = 1000;

    /// <summary>Null when there is no address. Subsets and addresses come in a fixed order.</summary>
    public static List<EndpointSubset>? Subsets(Service service, IEnumerable<Pod> pods)
    {
        var publishNotReady = service.Spec?.PublishNotReadyAddresses == true;
        var entries = pods.Where(pod => ServicePods.MayServe(pod, includeTerminating: publishNotReady))
            .Select(pod => (Pod: pod, IsReady: publishNotReady || Pods.IsReady(pod), Ports: PortsOf(service, pod)))
            .Where(entry => (entry.Ports.Count > 0 || ServicePods.IsHeadless(service)) && (entry.IsReady || MayBecomeReady(entry.Pod)))
            .OrderByDescending(static entry => entry.IsReady)
            .ThenBy(static entry => entry.Pod.Status!.PodIP, StringComparer.Ordinal)
            .ThenBy(static entry => entry.Pod.Metadata.Uid, StringComparer.Ordinal)
            .Take(MaxAddresses);
        var subsets = entries.GroupBy(static entry => string.Join(';', entry.Ports.Select(static port => $"{port.Name}/{port.Port}/{port.Protocol}")))
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => new EndpointSubset
            {
                Addresses = Addresses(service, group.Where(static entry => entry.IsReady).Select(static entry => entry.Pod)),
                NotReadyAddresses = Addresses(service, group.Where(static entry => !entry.IsReady).Select(static entry => entry.Pod)),
                Ports = group.First().Ports is { Count: > 0 } ports ? ports : null,
            })
            .ToList();
        return subsets.Count == 0 ? null : subsets;
    }

    private static List<CoreEndpointPort> PortsOf(Service service, Pod pod)
    {
        var ports = new List<CoreEndpointPort>();
        foreach (var port in service.Spec?.Ports ?? [])
        {
            if (ServicePods.FindPort(pod, port) is { } number)
            {
                ports.Add(new CoreEndpointPort { Name = port.Name, Port = number, Protocol = port.Protocol ?? "TCP", AppProtocol = port.AppProtocol });
            }
        }

        return ports;
    }

    /// <summary>A pod that has ended and is not restarted never becomes ready.</summary>
    private static bool MayBecomeReady(Pod pod) => pod.Spec?.RestartPolicy switch
    {
        "Never" => !Pods.IsTerminal(pod),
        "OnFailure" => pod.Status?.Phase != "Succeeded",
        _ => true,
    };

    private static List<EndpointAddress>? Addresses(Service service, IEnumerable<Pod> pods)
    {
        var addresses = pods.Select(pod => new EndpointAddress
        {
            Ip = pod.Status!.PodIP,
            Hostname = ServicePods.HostnameOf(pod, service),
            NodeName = pod.Spec?.NodeName is { Length: > 0 } node ? node : null,
            TargetRef = ServicePods.ReferenceTo(pod),
        }).ToList();
        return addresses.Count == 0 ? null : addresses;
    }
}
