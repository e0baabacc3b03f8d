using System.Net;
using System.Net.Sockets;
using Kube.Api.Discovery.V1;
using SlicePort = Kube.Api.Discovery.V1.EndpointPort;

namespace Kube.Controllers.ServiceEndpoints;

/// <summary>What to do to the endpoint slices of a service.</summary>
internal sealed record SliceChanges(List<EndpointSlice> Create, List<EndpointSlice> Update, List<EndpointSlice> Delete);

/// <summary>
/// Decides how the slices of a service change (KEP-752): an endpoint stays in the slice that it is in, new ones fill
/// slices with room, and only then new slices are made, of at most a hundred endpoints each. Pure.
/// </summary>
internal static class SlicePlan
{
    public const int MaxEndpoints = 100;
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    public const string Manager = "endpointslice-controller.k8s.io";
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    public static SliceChanges Make(Service service, IEnumerable<Pod> pods, Func<string, Node?> nodeOf, IReadOnlyList<EndpointSlice> present)
    {
        var changes = new SliceChanges([], [], []);
        var families = service.Spec?.IpFamilies is { Count: > 0 } given ? given : ["IPv4"];
        var serving = pods.Where(static pod => ServicePods.MayServe(pod, includeTerminating: true)).ToList();
        changes.Delete.AddRange(present.Where(slice => !families.Contains(slice.AddressType ?? "")));
        foreach (var family in families)
        {
            Plan(service, family, serving, nodeOf, [.. present.Where(slice => slice.AddressType == family)], changes);
        }

        return changes;
    }

    private static void Plan(
        Service service, string family, IReadOnlyList<Pod> pods, Func<string, Node?> nodeOf, List<EndpointSlice> present, SliceChanges changes)
    {
        var groups = pods
            .Select(pod => (Pod: pod, Address: AddressOf(pod, family), Ports: PortsOf(service, pod)))
            .Where(entry => entry.Address is not null && (entry.Ports.Count > 0 || ServicePods.IsHeadless(service)))
            .GroupBy(static entry => PortKey(entry.Ports))
            .ToDictionary(static group => group.Key, group => group.Select(entry => (Endpoint: EndpointOf(service, entry.Pod, entry.Address!, nodeOf), entry.Ports)).ToList());
        if (groups.Count == 0)
        {
            groups[""] = []; // one empty slice says that there is nothing, rather than that nobody knows
        }

        foreach (var (key, entries) in groups)
        {
            var ports = entries.Count > 0 ? entries[0].Ports : [];
            PlanGroup(service, family, ports, [.. entries.Select(static entry => entry.Endpoint)], [.. present.Where(slice => PortKey(slice.Ports ?? []) == key)], changes);
        }

        changes.Delete.AddRange(present.Where(slice => !groups.ContainsKey(PortKey(slice.Ports ?? []))));
    }

    private static void PlanGroup(
        Service service, string family, List<SlicePort> ports, List<Endpoint> wanted, List<EndpointSlice> present, SliceChanges changes)
    {
        var left = wanted.ToDictionary(EndpointKey, StringComparer.Ordinal);
        var kept = present.Select(slice => (Slice: slice, Endpoints: Keep(slice, left))).ToList();
        var fresh = new Queue<Endpoint>(left.Values.OrderBy(static endpoint => endpoint.Addresses![0], StringComparer.Ordinal));
        foreach (var (_, endpoints) in kept.OrderByDescending(static entry => entry.Endpoints.Count))
        {
            while (fresh.Count > 0 && endpoints.Count < MaxEndpoints)
            {
                endpoints.Add(fresh.Dequeue());
            }
        }

        while (fresh.Count > 0 || (wanted.Count == 0 && kept.Count == 0))
        {
            var endpoints = new List<Endpoint>();
            while (fresh.Count > 0 && endpoints.Count < MaxEndpoints)
            {
                endpoints.Add(fresh.Dequeue());
            }

            changes.Create.Add(NewSlice(service, family, ports, endpoints));
            if (wanted.Count == 0)
            {
                break;
            }
        }

        Settle(service, kept, isPlaceholderNeeded: wanted.Count == 0, changes);
    }

    /// <summary>Which of the slices there are change, and which are needed no more.</summary>
    private static void Settle(Service service, List<(EndpointSlice Slice, List<Endpoint> Endpoints)> kept, bool isPlaceholderNeeded, SliceChanges changes)
    {
        foreach (var (slice, endpoints) in kept)
        {
            if (endpoints.Count == 0 && !isPlaceholderNeeded)
            {
                changes.Delete.Add(slice);
                continue;
            }

            isPlaceholderNeeded = isPlaceholderNeeded && endpoints.Count > 0;
            var copy = Objects.Copy(slice);
            copy.Endpoints = endpoints;
            copy.Metadata.Labels = LabelsOf(service);
            if (!CanonicalJson.Write(copy).AsSpan().SequenceEqual(CanonicalJson.Write(slice)))
            {
                changes.Update.Add(copy);
            }
        }
    }

    /// <summary>The endpoints of a slice that are still wanted, as they should be now; taken out of what is left.</summary>
    private static List<Endpoint> Keep(EndpointSlice slice, Dictionary<string, Endpoint> left)
    {
        var kept = new List<Endpoint>();
        foreach (var endpoint in slice.Endpoints ?? [])
        {
            if (left.Remove(EndpointKey(endpoint), out var current))
            {
                kept.Add(current);
            }
        }

        return kept;
    }

    private static EndpointSlice NewSlice(Service service, string family, List<SlicePort> ports, List<Endpoint> endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = service.Metadata.Name + "-",
            Namespace = service.Metadata.Namespace,
            Labels = LabelsOf(service),
            OwnerReferences = [Owners.NewControllerReference(service)],
        },
        AddressType = family,
        Endpoints = endpoints,
        Ports = ports.Count > 0 ? ports : null,
    };

    private static Dictionary<string, string> LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? [])
        {
            [ServicePods.ServiceNameLabel] = service.Metadata.Name!,
            [ManagedByLabel] = Manager,
        };
        if (ServicePods.IsHeadless(service))
        {
            labels[ServicePods.HeadlessLabel] = "";
        }
        else
        {
            labels.Remove(ServicePods.HeadlessLabel);
        }

        return labels;
    }

    private static Endpoint EndpointOf(Service service, Pod pod, string address, Func<string, Node?> nodeOf)
    {
        var isTerminating = pod.Metadata.DeletionTimestamp is not null;
        var isServing = Pods.IsReady(pod);
        var node = pod.Spec?.NodeName is { Length: > 0 } name ? name : null;
        return new Endpoint
        {
            Addresses = [address],
            Conditions = new EndpointConditions
            {
                Ready = service.Spec?.PublishNotReadyAddresses == true || (isServing && !isTerminating),
                Serving = isServing,
                Terminating = isTerminating,
            },
            Hostname = ServicePods.HostnameOf(pod, service),
            NodeName = node,
            Zone = node is not null && nodeOf(node)?.Metadata.Labels?.GetValueOrDefault(ZoneLabel) is { Length: > 0 } zone ? zone : null,
            TargetRef = ServicePods.ReferenceTo(pod),
        };
    }

    private static List<SlicePort> PortsOf(Service service, Pod pod)
    {
        var ports = new List<SlicePort>();
        foreach (var port in service.Spec?.Ports ?? [])
        {
            if (ServicePods.FindPort(pod, port) is { } number)
            {
                ports.Add(new SlicePort { Name = port.Name ?? "", Port = number, Protocol = port.Protocol ?? "TCP", AppProtocol = port.AppProtocol });
            }
        }

        return ports;
    }

    private static string PortKey(IEnumerable<SlicePort> ports) =>
        string.Join(';', ports.Select(static port => $"{port.Name}/{port.Port}/{port.Protocol}/{port.AppProtocol}").Order(StringComparer.Ordinal));

    private static string EndpointKey(Endpoint endpoint) => endpoint.TargetRef?.Uid + "/" + endpoint.Addresses?.FirstOrDefault();

    private static string? AddressOf(Pod pod, string family)
    {
        var wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var all = pod.Status?.PodIPs is { Count: > 0 } many ? many.Select(static ip => ip.Ip) : [pod.Status?.PodIP];
        return all.FirstOrDefault(ip => IPAddress.TryParse(ip, out var parsed) && parsed.AddressFamily == wanted);
    }
}
