using System.Globalization;
using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Kinds of the core group but volumes and events.</summary>
internal static class CorePrinters
{
    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("", "Pod", PodPrinter.Printer),
        ("", "Node", new(
            [
                NameColumn,
                Column("Status", "string", "Whether the node is ready and takes pods."),
                Column("Roles", "string", "Roles, from the node's labels."),
                AgeColumn,
                Column("Version", "string", "Version of the node's kubelet."),
                Wide("Internal-IP", "The node's first address inside the cluster."),
                Wide("External-IP", "The node's first address outside the cluster."),
                Wide("OS-Image", "The operating system."),
                Wide("Kernel-Version", "The kernel."),
                Wide("Container-Runtime", "The container runtime and its version."),
            ],
            Node)),
        ("", "Namespace", new(
            [NameColumn, Column("Status", "string", "Active, or Terminating while its contents are removed."), AgeColumn],
            (item, now) => [Name(item), item["status"]["phase"].Text, Age(item, now)])),
        ("", "ConfigMap", new(
            [NameColumn, Column("Data", "string", "Number of keys."), AgeColumn],
            (item, now) => [Name(item), item["data"].Count + item["binaryData"].Count, Age(item, now)])),
        ("", "Secret", new(
            [NameColumn, Column("Type", "string", "What the secret is for."), Column("Data", "string", "Number of keys."), AgeColumn],
            (item, now) => [Name(item), item["type"].Text, item["data"].Count, Age(item, now)])),
        ("", "ServiceAccount", new(
            [NameColumn, Column("Secrets", "string", "Number of secrets the account lists."), AgeColumn],
            (item, now) => [Name(item), item["secrets"].Count, Age(item, now)])),
        ("", "Service", new(
            [
                NameColumn,
                Column("Type", "string", "How the service is reached."),
                Column("Cluster-IP", "string", "The service's address inside the cluster."),
                Column("External-IP", "string", "Addresses outside the cluster."),
                Column("Port(s)", "string", "Ports with node port and protocol."),
                AgeColumn,
                Wide("Selector", "Labels of the pods behind the service."),
            ],
            Service)),
        ("", "Endpoints", new(
            [NameColumn, Column("Endpoints", "string", "Addresses and ports of the ready pods."), AgeColumn],
            (item, now) => [Name(item), Endpoints(item), Age(item, now)])),
        ("", "ReplicationController", new(
            [.. WorkloadPrinters.ReplicaColumns, .. WorkloadPrinters.TemplateColumns],
            (item, now) => [.. WorkloadPrinters.ReplicaCells(item, now), .. WorkloadPrinters.TemplateCells(item["spec"]["template"], CellText.Labels(item["spec"]["selector"]))])),
        ("", "PodTemplate", new(
            [
                NameColumn,
                Column("Containers", "string", "Names of the template's containers."),
                Column("Images", "string", "Images of the template's containers."),
                Column("Pod Labels", "string", "Labels of the template."),
            ],
            (item, _) => [Name(item), .. WorkloadPrinters.TemplateCells(item["template"], CellText.Labels(item["template"]["metadata"]["labels"]))])),
        ("", "ResourceQuota", new(
            [
                NameColumn,
                Column("Request", "string", "Used and allowed amounts of requests and counts."),
                Column("Limit", "string", "Used and allowed amounts of limits."),
                AgeColumn,
            ],
            (item, now) => [Name(item), Quota(item, limits: false), Quota(item, limits: true), Age(item, now)])),
        ("", "LimitRange", new([NameColumn, CreatedAtColumn], (item, _) => [Name(item), CreatedAt(item)])),
        ("", "ComponentStatus", new(
            [
                NameColumn,
                Column("Status", "string", "Whether the component says it is healthy."),
                Column("Message", "string", "What the component says."),
                Column("Error", "string", "Why the component could not be asked."),
            ],
            ComponentStatus)),
    ];

    private static object?[] Node(JsonView node, DateTimeOffset now)
    {
        var info = node["status"]["nodeInfo"];
        return
        [
            Name(node),
            NodeStatus(node),
            CellText.OrNone(CellText.Join(Roles(node))),
            Age(node, now),
            info["kubeletVersion"].Text,
            Address(node, "InternalIP"),
            Address(node, "ExternalIP"),
            OrUnknown(info["osImage"].Text),
            OrUnknown(info["kernelVersion"].Text),
            OrUnknown(info["containerRuntimeVersion"].Text),
        ];
    }

    private static string NodeStatus(JsonView node)
    {
        var ready = node["status"]["conditions"].Items.LastOrDefault(condition => condition["type"].Text == "Ready");
        var status = !ready.Exists ? "Unknown" : ready["status"].Text == "True" ? "Ready" : "NotReady";
        return node["spec"]["unschedulable"].IsTrue ? status + ",SchedulingDisabled" : status;
    }

    private static IEnumerable<string> Roles(JsonView node)
    {
        const string Prefix = "node-role.kubernetes.io/";
        return node["metadata"]["labels"].Members
            .Select(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal) ? label.Key[Prefix.Length..]
                : label.Key == "kubernetes.io/role" ? label.Value.Text
                : "")
            .Where(role => role.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private static string Address(JsonView node, string type)
    {
        var found = node["status"]["addresses"].Items.FirstOrDefault(address => address["type"].Text == type);
        return found.Exists ? found["address"].Text : CellText.None;
    }

    private static object?[] Service(JsonView service, DateTimeOffset now)
    {
        var spec = service["spec"];
        var clusterIPs = spec["clusterIPs"].Items;
        var clusterIP = clusterIPs.Count > 0 ? clusterIPs[0].Text : CellText.OrNone(spec["clusterIP"].Text);
        return
        [
            Name(service), spec["type"].Text, clusterIP, ExternalAddresses(service), CellText.OrNone(CellText.Join(spec["ports"].Items.Select(Port))),
            Age(service, now), CellText.Labels(spec["selector"]),
        ];
    }

    private static string ExternalAddresses(JsonView service)
    {
        var spec = service["spec"];
        var external = CellText.Join(spec["externalIPs"].Items.Select(address => address.Text));
        switch (spec["type"].Text)
        {
            case "ClusterIP" or "NodePort":
                return CellText.OrNone(external);
            case "LoadBalancer":
                var balancer = CellText.LoadBalancer(service["status"]["loadBalancer"]);
                var all = CellText.Join(new[] { balancer, external }.Where(part => part.Length > 0));
                return all.Length == 0 ? "<pending>" : all;
            case "ExternalName":
                return spec["externalName"].Text;
            default:
                return CellText.Unknown;
        }
    }

    private static string Port(JsonView port)
    {
        var nodePort = port["nodePort"].Number;
        return nodePort > 0 ? $"{port["port"].Number}:{nodePort}/{port["protocol"].Text}" : $"{port["port"].Number}/{port["protocol"].Text}";
    }

    private static string Endpoints(JsonView endpoints)
    {
        if (endpoints["subsets"].Count == 0)
        {
            return CellText.None;
        }

        var all = new List<string>();
        foreach (var subset in endpoints["subsets"].Items)
        {
            var addresses = subset["addresses"].Items.Select(address => address["ip"].Text).ToList();
            all.AddRange(subset["ports"].Count == 0
                ? addresses
                : subset["ports"].Items.SelectMany(port => addresses.Select(address => HostAndPort(address, port["port"].Number))));
        }

        return CellText.FirstThree(all, all.Count);
    }

    private static string HostAndPort(string host, long port) =>
        (host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:" : host + ":") + port.ToString(CultureInfo.InvariantCulture);

    private static string Quota(JsonView quota, bool limits) =>
        string.Join(", ", quota["status"]["hard"].Members
            .Where(hard => hard.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
            .Select(hard => $"{hard.Key}: {Amount(quota["status"]["used"][hard.Key])}/{Amount(hard.Value)}"));

    private static string Amount(JsonView amount) => amount.Exists ? amount.Scalar : "0";

    private static object?[] ComponentStatus(JsonView component, DateTimeOffset now)
    {
        var healthy = component["conditions"].Items.FirstOrDefault(condition => condition["type"].Text == "Healthy");
        var status = !healthy.Exists ? "Unknown" : healthy["status"].Text == "True" ? "Healthy" : "Unhealthy";
        return [Name(component), status, healthy["message"].Text, healthy["error"].Text];
    }

    private static string OrUnknown(string text) => text.Length == 0 ? CellText.Unknown : text;
}
