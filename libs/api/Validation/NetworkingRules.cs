using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of network policies and ingresses.</summary>
internal static class NetworkingRules
{
    private static readonly string[] BadPathParts = ["//", "/./", "/../", "%2f", "%2F"];
    private static readonly string[] BadPathEnds = ["/..", "/."];
    private static readonly string[] Directions = ["Ingress", "Egress"];

    internal static void CheckPolicy(ErrorList errors, JsonObject policy)
    {
        var spec = policy.Map("spec");
        WorkloadRules.CheckLabelSelector(errors, spec.Map("podSelector"), "spec.podSelector");
        foreach (var (direction, peers) in new[] { ("ingress", "from"), ("egress", "to") })
        {
            foreach (var (rule, i) in Numbered(spec.Items(direction)))
            {
                var path = $"spec.{direction}[{i}]";
                foreach (var (port, j) in Numbered(rule.Items("ports")))
                {
                    CheckPolicyPort(errors, port, $"{path}.ports[{j}]");
                }

                foreach (var (peer, j) in Numbered(rule.Items(peers)))
                {
                    CheckPeer(errors, peer, $"{path}.{peers}[{j}]");
                }
            }
        }

        var types = spec.Texts("policyTypes").ToList();
        if (types.Count > Directions.Length)
        {
            errors.Add(FieldError.Invalid("spec.policyTypes", GoPrint.List("networking.PolicyType", types), "may not specify more than two policyTypes"));
            return;
        }

        foreach (var (type, path) in spec.PlacedTexts("policyTypes", "spec").Where(static type => !Directions.Contains(type.Text)))
        {
            errors.Add(FieldError.NotSupported(path, type, Directions));
        }
    }

    internal static void CheckIngress(ErrorList errors, JsonObject ingress)
    {
        var spec = ingress.Map("spec");
        var rules = spec.Items("rules").ToList();
        if (rules.Count == 0 && !spec.Has("defaultBackend"))
        {
            errors.Add(FieldError.Invalid("spec", new RawText(spec.Has("rules") ? "[]networking.IngressRule{}" : "[]networking.IngressRule(nil)"), "either `defaultBackend` or `rules` must be specified"));
        }

        if (spec.Map("defaultBackend") is { } backend)
        {
            CheckBackend(errors, backend, "spec.defaultBackend");
        }

        foreach (var (rule, i) in Numbered(rules))
        {
            CheckRule(errors, rule, $"spec.rules[{i}]");
        }

        foreach (var (tls, i) in Numbered(spec.Items("tls")))
        {
            foreach (var (host, j) in tls.Texts("hosts").Select(static (host, j) => (host, j)))
            {
                errors.AddInvalid($"spec.tls[{i}].hosts[{j}]", host, NameRules.HostName(host));
            }

            if (tls.Text("secretName") is { Length: > 0 } secret)
            {
                foreach (var fault in NameRules.DnsSubdomain(secret))
                {
                    errors.AddTolerable("name of an ingress' secret", FieldError.Invalid($"spec.tls[{i}].secretName", secret, fault));
                }
            }
        }

        if (spec.Text("ingressClassName") is { } name)
        {
            errors.AddInvalid("spec.ingressClassName", name, NameRules.DnsSubdomain(name));
        }
    }

    /// <summary>A new ingress names its class in one way, or in both the same.</summary>
    internal static void CheckNewIngress(ErrorList errors, JsonObject ingress)
    {
        const string annotation = "kubernetes.io/ingress.class";
        if (ingress.Map("metadata").Map("annotations").Text(annotation) is { } annotated && ingress.Map("spec").Text("ingressClassName") is { } name && annotated != name)
        {
            errors.Add(FieldError.Invalid("annotations." + annotation, annotated, "must match `ingressClassName` when both are specified"));
        }
    }

    private static IEnumerable<(JsonObject Item, int Index)> Numbered(IEnumerable<JsonObject> items) => items.Select(static (item, i) => (item, i));

    private static void CheckPolicyPort(ErrorList errors, JsonObject port, string path)
    {
        if (port.Text("protocol") is { } protocol && protocol is not ("TCP" or "UDP" or "SCTP"))
        {
            errors.Add(FieldError.NotSupported(path + ".protocol", protocol, ["TCP", "UDP", "SCTP"]));
        }

        var end = port.Whole("endPort");
        switch (port["port"])
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                var number = JsonAccess.Whole(value) ?? 0;
                errors.AddInvalid(path + ".port", number, NameRules.PortNumber(number));
                if (end < number)
                {
                    errors.Add(FieldError.Invalid(path + ".endPort", end, "must be greater than or equal to `port`"));
                }

                if (end is { } last)
                {
                    errors.AddInvalid(path + ".endPort", last, NameRules.PortNumber(last));
                }

                break;
            case JsonValue value:
                if (end is not null)
                {
                    errors.Add(FieldError.Invalid(path + ".endPort", end, "may not be specified when `port` is non-numeric"));
                }

                errors.AddInvalid(path + ".port", value.ToString(), NameRules.PortName(value.ToString()));
                break;
            default:
                if (end is not null)
                {
                    errors.Add(FieldError.Invalid(path + ".endPort", end, "may not be specified when `port` is not specified"));
                }

                break;
        }
    }

    private static void CheckPeer(ErrorList errors, JsonObject peer, string path)
    {
        foreach (var selector in (string[])["podSelector", "namespaceSelector"])
        {
            WorkloadRules.CheckLabelSelector(errors, peer.Map(selector), $"{path}.{selector}");
        }

        var selectors = (peer.Has("podSelector") ? 1 : 0) + (peer.Has("namespaceSelector") ? 1 : 0);
        if (peer.Map("ipBlock") is { } block)
        {
            CheckBlock(errors, block, path + ".ipBlock");
            if (selectors > 0)
            {
                errors.Add(FieldError.Forbidden(path, "may not specify both ipBlock and another peer"));
            }
        }
        else if (selectors == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a peer"));
        }
    }

    private static void CheckBlock(ErrorList errors, JsonObject block, string path)
    {
        const string noRange = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
        var text = block.Text("cidr") ?? "";
        if (text.Length == 0)
        {
            errors.Add(FieldError.Required(path + ".cidr"));
            return;
        }

        if (!AddressRules.TryRange(text, out var range))
        {
            errors.Add(FieldError.Invalid(path + ".cidr", text, noRange));
            return;
        }

        foreach (var (except, i) in block.Texts("except").Select(static (except, i) => (except, i)))
        {
            if (!AddressRules.TryRange(except, out var inner))
            {
                errors.Add(FieldError.Invalid($"{path}.except[{i}]", except, noRange));
            }
            else if (!range.Contains(inner.BaseAddress) || range.PrefixLength >= inner.PrefixLength)
            {
                errors.Add(FieldError.Invalid($"{path}.except[{i}]", except, "must be a strict subset of `cidr`"));
            }
        }
    }

    private static void CheckRule(ErrorList errors, JsonObject rule, string path)
    {
        if (rule.Text("host") is { Length: > 0 } host)
        {
            if (AddressRules.TryAddress(host, out _))
            {
                errors.Add(FieldError.Invalid(path + ".host", host, "must be a DNS name, not an IP address"));
            }

            errors.AddInvalid(path + ".host", host, NameRules.HostName(host));
        }

        if (rule.Map("http") is not { } http)
        {
            return;
        }

        // What hosts with a wildcard may say has not always been looked at.
        var found = new ErrorList();
        CheckHttp(found, http, path + ".http");
        foreach (var fault in found.Items)
        {
            if (rule.Text("host")?.Contains('*', StringComparison.Ordinal) == true)
            {
                errors.AddTolerable("rule of a wildcard host", fault);
            }
            else
            {
                errors.Add(fault);
            }
        }
    }

    private static void CheckHttp(ErrorList errors, JsonObject http, string path)
    {
        var paths = http.Items("paths").ToList();
        if (paths.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".paths"));
        }

        foreach (var (entry, i) in Numbered(paths))
        {
            CheckPath(errors, entry, $"{path}.paths[{i}]");
        }
    }

    private static void CheckPath(ErrorList errors, JsonObject entry, string path)
    {
        var text = entry.Text("path") ?? "";
        var type = entry.Text("pathType");
        switch (type)
        {
            case null:
                errors.Add(FieldError.Required(path + ".pathType", "pathType must be specified"));
                return;
            case "Exact" or "Prefix":
                if (!text.StartsWith('/'))
                {
                    errors.Add(FieldError.Invalid(path + ".path", text, "must be an absolute path"));
                }

                foreach (var part in BadPathParts.Where(part => text.Contains(part, StringComparison.Ordinal)))
                {
                    errors.Add(FieldError.Invalid(path + ".path", text, $"must not contain '{part}'"));
                }

                foreach (var end in BadPathEnds.Where(end => text.EndsWith(end, StringComparison.Ordinal)))
                {
                    errors.Add(FieldError.Invalid(path + ".path", text, $"cannot end with '{end}'"));
                }

                break;
            case "ImplementationSpecific" when text.Length > 0 && text[0] != '/':
                errors.Add(FieldError.Invalid(path + ".path", text, "must be an absolute path"));
                break;
            case "ImplementationSpecific":
                break;
            default:
                errors.Add(FieldError.NotSupported(path + ".pathType", type, ["Exact", "ImplementationSpecific", "Prefix"]));
                break;
        }

        CheckBackend(errors, entry.Map("backend"), path + ".backend");
    }

    private static void CheckBackend(ErrorList errors, JsonObject? backend, string path)
    {
        var (service, resource) = (backend.Map("service"), backend.Map("resource"));
        if (service is not null && resource is not null)
        {
            errors.Add(FieldError.Invalid(path, "", "cannot set both resource and service backends"));
        }
        else if (resource is not null)
        {
            CheckReference(errors, resource, path + ".resource");
        }
        else if (service is not null)
        {
            CheckService(errors, service, path);
        }
        else
        {
            errors.Add(FieldError.Invalid(path, "", "resource or service backend is required"));
        }
    }

    /// <summary>An object of any kind: a resource that serves, or parameters of a class.</summary>
    internal static void CheckReference(ErrorList errors, JsonObject reference, string path)
    {
        if (reference.Text("apiGroup") is { } group)
        {
            errors.AddInvalid(path + ".apiGroup", group, NameRules.DnsSubdomain(group));
        }

        foreach (var field in (string[])["kind", "name"])
        {
            if (errors.Require($"{path}.{field}", reference.Text(field)))
            {
                errors.AddInvalid($"{path}.{field}", reference.Text(field), NameRules.PathSegment(reference.Text(field)!));
            }
        }
    }

    private static void CheckService(ErrorList errors, JsonObject service, string path)
    {
        const string place = ".service";
        if (errors.Require(path + place + ".name", service.Text("name")))
        {
            errors.AddInvalid(path + place + ".name", service.Text("name"), NameRules.Dns1035Label(service.Text("name")!));
        }

        var (name, number) = (service.Map("port").Text("name") ?? "", service.Map("port").Whole("number") ?? 0);
        if (name.Length > 0 && number != 0)
        {
            errors.Add(FieldError.Invalid(path, "", "cannot set both port name & port number"));
        }
        else if (name.Length > 0)
        {
            errors.AddInvalid(path + place + ".port.name", name, NameRules.PortName(name));
        }
        else if (number != 0)
        {
            errors.AddInvalid(path + place + ".port.number", number, NameRules.PortNumber(number));
        }
        else
        {
            errors.Add(FieldError.Required(path, "port name or number is required"));
        }
    }
}
