using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of what is behind a service: endpoints and slices of them.</summary>
internal static class EndpointRules
{
    private const int MaxEndpoints = 1000;
    private const int MaxAddresses = 100;
    private const int MaxPorts = 20_000;
    private const int MaxTopologyLabels = 16;
    private const int MaxZoneHints = 8;

    internal static void CheckEndpoints(ErrorList errors, JsonObject endpoints)
    {
        foreach (var (subset, path) in endpoints.Items("subsets").Select(static (subset, i) => (subset, $"subsets[{i}]")))
        {
            if (!subset.Items("addresses").Any() && !subset.Items("notReadyAddresses").Any())
            {
                errors.Add(FieldError.Required(path, "must specify `addresses` or `notReadyAddresses`"));
            }

            foreach (var (address, at) in subset.Placed("addresses", path).Concat(subset.Placed("notReadyAddresses", path)))
            {
                CheckAddress(errors, address, at);
            }

            foreach (var (port, at) in subset.Placed("ports", path))
            {
                CheckPort(errors, port, at, subset.Items("ports").Count() > 1);
            }
        }
    }

    private static void CheckAddress(ErrorList errors, JsonObject address, string path)
    {
        var text = address.Text("ip") ?? "";
        AddressRules.CheckAddress(errors, text, path + ".ip");
        if (address.Text("hostname") is { Length: > 0 } host)
        {
            errors.AddInvalid(path + ".hostname", host, NameRules.DnsLabel(host));
        }

        if (address.Text("nodeName") is { } node)
        {
            errors.AddInvalid(path + ".nodeName", node, NameRules.DnsSubdomain(node));
        }

        AddressRules.CheckNotSpecial(errors, text, path + ".ip", loopback: true);
    }

    private static void CheckPort(ErrorList errors, JsonObject port, string path, bool needsName)
    {
        if (port.Text("name") is { Length: > 0 } name)
        {
            errors.AddInvalid(path + ".name", name, NameRules.DnsLabel(name));
        }
        else if (needsName)
        {
            errors.Add(FieldError.Required(path + ".name"));
        }

        errors.AddInvalid(path + ".port", port.Whole("port") ?? 0, NameRules.PortNumber(port.Whole("port") ?? 0));
        CheckProtocol(errors, port, path);
    }

    private static void CheckProtocol(ErrorList errors, JsonObject port, string path)
    {
        errors.OneOf(path + ".protocol", port.Text("protocol"), "SCTP", "TCP", "UDP");
        if (port.Text("appProtocol") is { } protocol)
        {
            errors.AddInvalid(path + ".appProtocol", protocol, NameRules.QualifiedName(protocol));
        }
    }

    internal static void CheckSlice(ErrorList errors, JsonObject slice)
    {
        var type = slice.Text("addressType");
        errors.OneOf("addressType", type, "FQDN", "IPv4", "IPv6");
        var endpoints = slice.Items("endpoints").ToList();
        if (endpoints.Count > MaxEndpoints)
        {
            errors.Add(FieldError.TooMany("endpoints", endpoints.Count, MaxEndpoints));
        }
        else
        {
            for (var i = 0; i < endpoints.Count; i++)
            {
                CheckEndpoint(errors, endpoints[i], $"endpoints[{i}]", type);
            }
        }

        CheckSlicePorts(errors, slice);
    }

    internal static void CheckSliceUpdate(ErrorList errors, JsonObject slice, JsonObject old)
    {
        if (slice.Text("addressType") != old.Text("addressType"))
        {
            errors.Add(FieldError.Invalid("addressType", slice.Text("addressType") ?? "", "field is immutable"));
        }
    }

    private static void CheckEndpoint(ErrorList errors, JsonObject endpoint, string path, string? type)
    {
        var addresses = endpoint.PlacedTexts("addresses", path).ToList();
        if (addresses.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".addresses", "must contain at least 1 address"));
        }
        else if (addresses.Count > MaxAddresses)
        {
            errors.Add(FieldError.TooMany(path + ".addresses", addresses.Count, MaxAddresses));
        }

        foreach (var (address, at) in addresses)
        {
            CheckSliceAddress(errors, address, at, type);
        }

        if (endpoint.Text("nodeName") is { } node)
        {
            errors.AddInvalid(path + ".nodeName", node, NameRules.DnsSubdomain(node));
        }

        var topology = endpoint.Map("deprecatedTopology");
        if (topology?.Count > MaxTopologyLabels)
        {
            errors.Add(FieldError.TooMany(path + ".deprecatedTopology", topology.Count, MaxTopologyLabels));
        }

        MetadataRules.CheckLabels(errors, topology, path + ".deprecatedTopology");
        if (endpoint.Text("hostname") is { } host)
        {
            errors.AddInvalid(path + ".hostname", host, NameRules.DnsLabel(host));
        }

        CheckHints(errors, endpoint.Map("hints"), path + ".hints");
    }

    private static void CheckSliceAddress(ErrorList errors, string address, string path, string? type)
    {
        switch (type)
        {
            case "IPv4" or "IPv6":
                if (!AddressRules.TryAddress(address, out _) || AddressRules.IsIPv6(address) != (type == "IPv6"))
                {
                    errors.Add(FieldError.Invalid(path, address, $"must be a valid {type} address"));
                }

                AddressRules.CheckNotSpecial(errors, address, path, loopback: true);
                break;
            case "FQDN":
                var name = address.EndsWith('.') ? address[..^1] : address;
                if (address.Length == 0)
                {
                    errors.Add(FieldError.Required(path));
                }
                else if (NameRules.DnsSubdomain(name) is { Count: > 0 } faults)
                {
                    errors.Add(FieldError.Invalid(path, name, string.Join(',', faults)));
                }
                else if (!name.Contains('.', StringComparison.Ordinal))
                {
                    errors.Add(FieldError.Invalid(path, name, "should be a domain with at least two segments separated by dots"));
                }

                break;
        }
    }

    private static void CheckHints(ErrorList errors, JsonObject? hints, string path)
    {
        var zones = hints.Placed("forZones", path).ToList();
        if (zones.Count > MaxZoneHints)
        {
            errors.Add(FieldError.TooMany(path + ".forZones", zones.Count, MaxZoneHints));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (zone, at) in zones)
        {
            var name = zone.Text("name") ?? "";
            if (!seen.Add(name))
            {
                errors.Add(FieldError.Duplicate(at + ".name", name));
            }

            errors.AddInvalid(at + ".name", name, NameRules.LabelValue(name));
        }
    }

    private static void CheckSlicePorts(ErrorList errors, JsonObject slice)
    {
        var ports = slice.Items("ports").ToList();
        if (ports.Count > MaxPorts)
        {
            errors.Add(FieldError.TooMany("ports", ports.Count, MaxPorts));
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, path, name) = (ports[i], $"ports[{i}]", ports[i].Text("name") ?? "");
            if (name.Length > 0)
            {
                errors.AddInvalid(path + ".name", name, NameRules.DnsLabel(name));
            }

            if (!names.Add(name))
            {
                errors.Add(FieldError.Duplicate(path + ".name", name));
            }

            CheckProtocol(errors, port, path);
        }
    }
}
