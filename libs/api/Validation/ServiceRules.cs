using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of services. Addresses and ports that the server gives are there already.</summary>
internal static class ServiceRules
{
    private const long MaxAffinitySeconds = 86_400;
    private const string ForLoadBalancers = "may only be used when `type` is 'LoadBalancer'";
    private const string HintsAnnotation = "service.kubernetes.io/topology-aware-hints";
    private const string ModeAnnotation = "service.kubernetes.io/topology-mode";
    private const string RangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges";

    internal static void Check(ErrorList errors, JsonObject service)
    {
        var spec = service.Map("spec");
        var type = spec.Text("type");
        var annotations = service.Map("metadata").Map("annotations");
        if (annotations.Text(ModeAnnotation) is { } mode && annotations.Text(HintsAnnotation) is { } hints && mode != hints)
        {
            errors.Add(FieldError.Invalid($"metadata.annotations[{ModeAnnotation}]", mode, $"must match annotations[{HintsAnnotation}] when both are specified"));
        }

        if (!spec.Items("ports").Any() && !IsHeadless(spec) && type != "ExternalName")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        CheckType(errors, spec, type);
        CheckPorts(errors, spec, IsHeadless(spec));
        MetadataRules.CheckLabels(errors, spec.Map("selector"), "spec.selector");
        CheckAffinity(errors, spec);
        CheckClusterAddresses(errors, spec, type);
        foreach (var (address, path) in spec.PlacedTexts("externalIPs", "spec"))
        {
            if (AddressRules.CheckAddress(errors, address, path))
            {
                AddressRules.CheckNotSpecial(errors, address, path);
            }
        }

        errors.OneOf("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        CheckPortClashes(errors, spec, type);
        CheckLoadBalancer(errors, service, spec, type);
        CheckTraffic(errors, spec, type);
    }

    internal static bool IsHeadless(JsonObject? spec) => spec.Texts("clusterIPs").ToList() is ["None"];

    private static void CheckType(ErrorList errors, JsonObject? spec, string? type)
    {
        if (type is "LoadBalancer" or "NodePort" && IsHeadless(spec))
        {
            errors.Add(FieldError.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services"));
        }

        if (type != "ExternalName")
        {
            return;
        }

        foreach (var field in (string[])["clusterIPs", "ipFamilies", "ipFamilyPolicy"])
        {
            if (spec?[field] is { } node and not JsonArray { Count: 0 })
            {
                errors.Add(FieldError.Forbidden("spec." + field, "may not be set for ExternalName services"));
            }
        }

        var name = spec.Text("externalName") ?? "";
        name = name.EndsWith('.') ? name[..^1] : name;
        if (errors.Require("spec.externalName", name))
        {
            errors.AddInvalid("spec.externalName", name, NameRules.DnsSubdomain(name));
        }
    }

    private static void CheckPorts(ErrorList errors, JsonObject? spec, bool headless)
    {
        var ports = spec.Placed("ports", "spec").ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (port, path) in ports)
        {
            var name = port.Text("name") ?? "";
            if (name.Length > 0)
            {
                errors.AddInvalid(path + ".name", name, NameRules.DnsLabel(name));
                if (!names.Add(name))
                {
                    errors.Add(FieldError.Duplicate(path + ".name", name));
                }
            }
            else if (ports.Count > 1)
            {
                errors.Add(FieldError.Required(path + ".name"));
            }

            errors.AddInvalid(path + ".port", port.Whole("port") ?? 0, NameRules.PortNumber(port.Whole("port") ?? 0));
            errors.OneOf(path + ".protocol", port.Text("protocol"), "SCTP", "TCP", "UDP");
            PodRules.CheckPortNumberOrName(errors, path + ".targetPort", port["targetPort"]);
            if (port.Text("appProtocol") is { } protocol)
            {
                errors.AddInvalid(path + ".appProtocol", protocol, NameRules.QualifiedName(protocol));
            }
        }
    }

    private static void CheckPortClashes(ErrorList errors, JsonObject? spec, string? type)
    {
        var (nodePorts, numbers) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (port, path) in spec.Placed("ports", "spec"))
        {
            var (protocol, nodePort) = (port.Text("protocol") ?? "", port.Whole("nodePort") ?? 0);
            if (nodePort != 0 && type == "ClusterIP")
            {
                errors.Add(FieldError.Forbidden(path + ".nodePort", "may not be used when `type` is 'ClusterIP'"));
            }

            if (nodePort != 0 && !nodePorts.Add($"{protocol}/{nodePort}"))
            {
                errors.Add(FieldError.Duplicate(path + ".nodePort", nodePort));
            }

            if (!numbers.Add($"{protocol}/{port.Whole("port")}"))
            {
                errors.Add(FieldError.Duplicate(path, new RawText(
                    $"core.ServicePort{{Name:\"\", Protocol:{GoText.Quote(protocol)}, AppProtocol:(*string)(nil), Port:{port.Whole("port")}, TargetPort:intstr.IntOrString{{Type:0, IntVal:0, StrVal:\"\"}}, NodePort:0}}")));
            }
        }
    }

    private static void CheckAffinity(ErrorList errors, JsonObject? spec)
    {
        const string path = "spec.sessionAffinityConfig";
        const string needed = "when session affinity type is ClientIP";
        var affinity = spec.Text("sessionAffinity");
        errors.OneOf("spec.sessionAffinity", affinity, "ClientIP", "None");
        var config = spec.Map("sessionAffinityConfig");
        if (affinity == "None" && config is not null)
        {
            errors.Add(FieldError.Forbidden(path, "must not be set when session affinity is None"));
        }

        if (affinity != "ClientIP")
        {
            return;
        }

        if (config is null)
        {
            errors.Add(FieldError.Required(path, needed));
        }
        else if (config.Map("clientIP") is not { } client)
        {
            errors.Add(FieldError.Required(path + ".clientIP", needed));
        }
        else if (client.Whole("timeoutSeconds") is not { } seconds)
        {
            errors.Add(FieldError.Required(path + ".clientIP.timeoutSeconds", needed));
        }
        else if (seconds is <= 0 or > MaxAffinitySeconds)
        {
            errors.Add(FieldError.Invalid(path + ".clientIP.timeoutSeconds", seconds, $"must be greater than 0 and less than {MaxAffinitySeconds}"));
        }
    }

    private static void CheckClusterAddresses(ErrorList errors, JsonObject? spec, string? type)
    {
        const string path = "spec.clusterIPs";
        if (type == "ExternalName")
        {
            return;
        }

        var (address, addresses) = (spec.Text("clusterIP") ?? "", spec.Texts("clusterIPs").ToList());
        if (address.Length > 0 && addresses.Count == 0)
        {
            errors.Add(FieldError.Required(path));
        }
        else if (address.Length > 0 && addresses[0] != address)
        {
            errors.Add(FieldError.Invalid(path, addresses, "first value must match `clusterIP`"));
        }
        else if (address.Length == 0 && addresses.Count > 0)
        {
            errors.Add(FieldError.Invalid(path, addresses, "must be empty when `clusterIP` is not specified"));
        }

        CheckFamilies(errors, spec);
        var bad = false;
        for (var i = 0; i < addresses.Count; i++)
        {
            if (i == 0 && addresses[i] == "None")
            {
                if (addresses.Count > 1)
                {
                    bad = true;
                    errors.Add(FieldError.Invalid(path, addresses, "'None' must be the first and only value"));
                }

                continue;
            }

            bad |= !AddressRules.CheckAddress(errors, addresses[i], $"{path}[{i}]");
        }

        if (addresses.Count > 2)
        {
            errors.Add(FieldError.Invalid(path, addresses, "may only hold up to 2 values"));
        }

        if (bad)
        {
            return;
        }

        if (addresses.Count > 1 && !AddressRules.IsDualStack(addresses))
        {
            errors.Add(FieldError.Invalid(path, addresses, "may specify no more than one IP for each IP family"));
        }

        CheckFamiliesMatch(errors, spec, addresses, path);
    }

    private static void CheckFamilies(ErrorList errors, JsonObject? spec)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (family, at) in spec.PlacedTexts("ipFamilies", "spec"))
        {
            if (family is not ("IPv4" or "IPv6"))
            {
                errors.Add(FieldError.NotSupported(at, family, ["IPv4", "IPv6"]));
            }

            if (!seen.Add(family))
            {
                errors.Add(FieldError.Duplicate(at, family));
            }
        }

        if (spec.Text("ipFamilyPolicy") is { } policy && policy is not ("PreferDualStack" or "RequireDualStack" or "SingleStack"))
        {
            errors.Add(FieldError.NotSupported("spec.ipFamilyPolicy", policy, ["PreferDualStack", "RequireDualStack", "SingleStack"]));
        }
    }

    private static void CheckFamiliesMatch(ErrorList errors, JsonObject? spec, List<string> addresses, string path)
    {
        if (IsHeadless(spec))
        {
            return;
        }

        foreach (var ((address, family), i) in addresses.Zip(spec.Texts("ipFamilies")).Select(static (pair, i) => (pair, i)))
        {
            if (family is "IPv4" or "IPv6" && AddressRules.IsIPv6(address) != (family == "IPv6"))
            {
                errors.Add(FieldError.Invalid($"{path}[{i}]", address, $"expected an {family} value as indicated by `ipFamilies[{i}]`"));
            }
        }
    }

    private static void CheckLoadBalancer(ErrorList errors, JsonObject service, JsonObject? spec, string? type)
    {
        const string ranges = "spec.LoadBalancerSourceRanges";
        if (spec.Texts("loadBalancerSourceRanges").Any())
        {
            if (type != "LoadBalancer")
            {
                errors.Add(FieldError.Forbidden(ranges, ForLoadBalancers));
            }

            foreach (var (range, i) in spec.Texts("loadBalancerSourceRanges").Select(static (range, i) => (range, i)))
            {
                AddressRules.CheckRange(errors, range.Trim(), $"{ranges}[{i}]");
            }
        }
        else if (service.Map("metadata").Map("annotations").Text(RangesAnnotation) is { } annotation)
        {
            const string path = $"metadata.annotations[{RangesAnnotation}]";
            if (type != "LoadBalancer")
            {
                errors.Add(FieldError.Forbidden(path, ForLoadBalancers));
            }

            foreach (var range in annotation.Trim().Length == 0 ? [] : annotation.Trim().Split(','))
            {
                AddressRules.CheckRange(errors, range.Trim(), path);
            }
        }

        if (spec.Has("allocateLoadBalancerNodePorts") && type != "LoadBalancer")
        {
            errors.Add(FieldError.Forbidden("spec.allocateLoadBalancerNodePorts", ForLoadBalancers));
        }
        else if (!spec.Has("allocateLoadBalancerNodePorts") && type == "LoadBalancer")
        {
            errors.Add(FieldError.Required("allocateLoadBalancerNodePorts"));
        }

        if (spec.Text("loadBalancerClass") is { } name)
        {
            if (type == "LoadBalancer")
            {
                errors.AddInvalid("spec.loadBalancerClass", name, NameRules.QualifiedName(name));
            }
            else
            {
                errors.Add(FieldError.Forbidden("spec.loadBalancerClass", ForLoadBalancers));
            }
        }
    }

    private static void CheckTraffic(ErrorList errors, JsonObject? spec, string? type)
    {
        var external = spec.Text("externalTrafficPolicy") ?? "";
        if (IsExternallyAccessible(spec))
        {
            errors.OneOf("spec.externalTrafficPolicy", external, "Cluster", "Local");
        }
        else if (external.Length > 0)
        {
            errors.Add(FieldError.Invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services"));
        }

        var health = spec.Whole("healthCheckNodePort") ?? 0;
        if (!NeedsHealthCheck(spec))
        {
            if (health != 0)
            {
                errors.Add(FieldError.Invalid("spec.healthCheckNodePort", health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
            }
        }
        else if (health == 0)
        {
            errors.Add(FieldError.Required("spec.healthCheckNodePort"));
        }
        else
        {
            errors.AddInvalid("spec.healthCheckNodePort", health, NameRules.PortNumber(health));
        }

        if (spec.Text("internalTrafficPolicy") is not { } within)
        {
            if (type is "NodePort" or "LoadBalancer" or "ClusterIP")
            {
                errors.Add(FieldError.Required("spec.internalTrafficPolicy"));
            }
        }
        else if (within is not ("Cluster" or "Local"))
        {
            errors.Add(FieldError.NotSupported("spec.internalTrafficPolicy", within, ["Cluster", "Local"]));
        }

        if (spec.Text("trafficDistribution") is { } distribution && distribution != "PreferClose")
        {
            errors.Add(FieldError.NotSupported("spec.trafficDistribution", distribution, ["PreferClose"]));
        }
    }

    /// <summary>True when traffic from outside of the cluster comes to the service.</summary>
    private static bool IsExternallyAccessible(JsonObject? spec) =>
        spec.Text("type") is "LoadBalancer" or "NodePort" || (spec.Text("type") == "ClusterIP" && spec.Texts("externalIPs").Any());

    private static bool NeedsHealthCheck(JsonObject? spec) => spec.Text("type") == "LoadBalancer" && spec.Text("externalTrafficPolicy") == "Local";

    internal static void CheckUpdate(ErrorList errors, JsonObject service, JsonObject old)
    {
        var (spec, before) = (service.Map("spec"), old.Map("spec"));
        if (spec.Text("type") != "ExternalName" && before.Text("type") != "ExternalName")
        {
            CheckAddressesKept(errors, spec, before);
            CheckFamiliesKept(errors, spec, before);
        }

        if (spec.Text("type") == "LoadBalancer" && before.Text("type") == "LoadBalancer" && spec.Text("loadBalancerClass") != before.Text("loadBalancerClass"))
        {
            errors.Add(FieldError.Invalid("spec.loadBalancerClass", spec.Text("loadBalancerClass"), "may not change once set"));
        }

        if (NeedsHealthCheck(spec) && NeedsHealthCheck(before) && spec.Whole("healthCheckNodePort") != before.Whole("healthCheckNodePort"))
        {
            errors.Add(FieldError.Forbidden("spec.healthCheckNodePort", "field is immutable"));
        }
    }

    private static void CheckAddressesKept(ErrorList errors, JsonObject? spec, JsonObject? before)
    {
        const string path = "spec.clusterIPs[0]";
        const string once = "may not change once set";
        if (IsHeadless(spec) && IsHeadless(before))
        {
            return;
        }

        var (now, then) = (spec.Texts("clusterIPs").ToList(), before.Texts("clusterIPs").ToList());
        if (now.Count == then.Count)
        {
            for (var i = 0; i < now.Count; i++)
            {
                if (now[i] != then[i])
                {
                    errors.Add(FieldError.Invalid($"spec.clusterIPs[{i}]", now, once));
                }
            }

            return;
        }

        if (now.Count == 0)
        {
            errors.Add(FieldError.Invalid(path, now, "primary clusterIP can not be unset"));
        }
        else if (then.Count > 0 && now[0] != then[0])
        {
            errors.Add(FieldError.Invalid(path, now, once));
        }

        if (now.Count == 1 && then.Count > 1 && spec.Text("ipFamilyPolicy") != "SingleStack")
        {
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", spec.Text("ipFamilyPolicy"), "must be set to 'SingleStack' when releasing the secondary clusterIP"));
        }
    }

    private static void CheckFamiliesKept(ErrorList errors, JsonObject? spec, JsonObject? before)
    {
        const string path = "spec.ipFamilies[0]";
        if (IsHeadless(spec) || IsHeadless(before))
        {
            return;
        }

        var (now, then) = (spec.Texts("ipFamilies").ToList(), before.Texts("ipFamilies").ToList());
        if (now.Count == then.Count ? !now.SequenceEqual(then) : now.Count > 0 && then.Count > 0 && now[0] != then[0])
        {
            errors.Add(FieldError.Invalid(path, now.Count == then.Count ? now : spec.Texts("clusterIPs"), "may not change once set"));
        }

        if (now.Count < then.Count && !spec.Texts("clusterIPs").Any())
        {
            errors.Add(FieldError.Invalid(path, now, "primary ipFamily can not be unset"));
        }

        if (now.Count == 1 && then.Count > 1 && spec.Text("ipFamilyPolicy") != "SingleStack")
        {
            errors.Add(FieldError.Invalid("spec.ipFamilyPolicy", spec.Text("ipFamilyPolicy"), "must be set to 'SingleStack' when releasing the secondary ipFamily"));
        }
    }

    internal static void CheckStatus(ErrorList errors, JsonObject service, JsonObject old)
    {
        const string path = "status.loadBalancer";
        var ingress = service.Map("status").Map("loadBalancer").Placed("ingress", path).ToList();
        if (service.Map("spec").Text("type") != "LoadBalancer")
        {
            if (ingress.Count > 0)
            {
                errors.Add(FieldError.Forbidden(path + ".ingress", "may only be used when `spec.type` is 'LoadBalancer'"));
            }

            return;
        }

        foreach (var (entry, at) in ingress)
        {
            CheckIngress(errors, entry, at);
        }
    }

    /// <summary>Where a load balancer can be reached: an address or a name.</summary>
    internal static void CheckIngress(ErrorList errors, JsonObject entry, string path)
    {
        var (address, mode, host) = (entry.Text("ip") ?? "", entry.Text("ipMode"), entry.Text("hostname") ?? "");
        if (address.Length > 0)
        {
            AddressRules.CheckAddress(errors, address, path + ".ip");
            if (mode is null)
            {
                errors.Add(FieldError.Required(path + ".ipMode", "must be specified when `ip` is set"));
            }
        }
        else if (mode is not null)
        {
            errors.Add(FieldError.Forbidden(path + ".ipMode", "may not be specified when `ip` is not set"));
        }

        if (address.Length > 0 && mode is not (null or "Proxy" or "VIP"))
        {
            errors.Add(FieldError.NotSupported(path + ".ipMode", mode, ["Proxy", "VIP"]));
        }

        if (host.Length > 0)
        {
            errors.AddInvalid(path + ".hostname", host, NameRules.DnsSubdomain(host));
            if (AddressRules.TryAddress(host, out _))
            {
                errors.Add(FieldError.Invalid(path + ".hostname", host, "must be a DNS name, not an IP address"));
            }
        }
    }
}
