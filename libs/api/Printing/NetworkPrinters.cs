using System.Globalization;
using static Kube.Api.Printing.KindPrinter;

namespace Kube.Api.Printing;

/// <summary>Kinds of the networking and discovery groups.</summary>
internal static class NetworkPrinters
{
    public static IReadOnlyList<(string Group, string Kind, KindPrinter Printer)> All { get; } =
    [
        ("networking.k8s.io", "Ingress", new(
            [
                NameColumn,
                Column("Class", "string", "The ingress class that serves it."),
                Column("Hosts", "string", "Host names of its rules."),
                Column("Address", "string", "Addresses of its load balancer."),
                Column("Ports", "string", "Ports it listens on."),
                AgeColumn,
            ],
            (item, now) =>
            [
                Name(item), item["spec"]["ingressClassName"].OptionalText ?? CellText.None, Hosts(item["spec"]["rules"]),
                CellText.LoadBalancer(item["status"]["loadBalancer"]), item["spec"]["tls"].Count > 0 ? "80, 443" : "80", Age(item, now),
            ])),
        ("networking.k8s.io", "IngressClass", new(
            [NameColumn, Column("Controller", "string", "The controller that handles the class."), Column("Parameters", "string", "Where its parameters are."), AgeColumn],
            (item, now) => [Name(item), item["spec"]["controller"].Text, Parameters(item["spec"]["parameters"]), Age(item, now)])),
        ("networking.k8s.io", "NetworkPolicy", new(
            [NameColumn, Column("Pod-Selector", "string", "Labels of the pods it applies to."), AgeColumn],
            (item, now) => [Name(item), CellText.Selector(item["spec"]["podSelector"]), Age(item, now)])),
        ("discovery.k8s.io", "EndpointSlice", new(
            [
                NameColumn,
                Column("AddressType", "string", "What kind of addresses the slice holds."),
                Column("Ports", "string", "Ports of its endpoints."),
                Column("Endpoints", "string", "Addresses of its endpoints."),
                AgeColumn,
            ],
            (item, now) => [Name(item), item["addressType"].Text, Ports(item["ports"]), Addresses(item["endpoints"]), Age(item, now)])),
    ];

    private static string Hosts(JsonView rules)
    {
        var hosts = rules.Items.Select(rule => rule["host"].Text).Where(host => host.Length > 0).ToList();
        if (hosts.Count == 0)
        {
            return "*";
        }

        return hosts.Count >= 3 && rules.Count > 3 ? CellText.FirstThree(hosts, rules.Count) : CellText.Join(hosts);
    }

    private static string Parameters(JsonView parameters)
    {
        if (!parameters.Exists)
        {
            return CellText.None;
        }

        var group = parameters["apiGroup"].OptionalText is { } named ? "." + named : "";
        return $"{parameters["kind"].Text}{group}/{parameters["name"].Text}";
    }

    private static string Ports(JsonView ports) => OrUnset(ports.Items.Select(port =>
        port["port"].OptionalNumber is { } number ? number.ToString(CultureInfo.InvariantCulture) : port["name"].OptionalText ?? "*"));

    private static string Addresses(JsonView endpoints) =>
        OrUnset(endpoints.Items.SelectMany(endpoint => endpoint["addresses"].Items).Select(address => address.Text));

    private static string OrUnset(IEnumerable<string> parts)
    {
        var all = parts.ToList();
        return all.Count == 0 ? CellText.Unset : CellText.FirstThree(all, all.Count);
    }
}
