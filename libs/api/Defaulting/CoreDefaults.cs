using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Defaulting;

/// <summary>Defaults of services, namespaces, nodes, limit ranges, endpoints, role bindings and network policies.</summary>
internal static class CoreDefaults
{
    private const long ClientIpAffinitySeconds = 10_800;
    private const string RbacGroup = "rbac.authorization.k8s.io";

    internal static void Service(JsonObject service)
    {
        if (service.Map("spec") is not { } spec)
        {
            return;
        }

        var type = Default(spec, "type", "ClusterIP");
        var affinity = Default(spec, "sessionAffinity", "None");
        if (affinity == "None")
        {
            spec.Remove("sessionAffinityConfig");
        }
        else if (affinity == "ClientIP" && !spec.Map("sessionAffinityConfig").Map("clientIP").Has("timeoutSeconds"))
        {
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = JsonTree.Number(ClientIpAffinitySeconds) } };
        }

        foreach (var port in spec.Items("ports"))
        {
            Default(port, "protocol", "TCP");
            if (port["targetPort"] is not { } target || port.Text("targetPort") is "" || JsonAccess.Whole(target) == 0)
            {
                port["targetPort"] = JsonTree.Number(port.Whole("port") ?? 0);
            }
        }

        var external = type is "NodePort" or "LoadBalancer" || (type == "ClusterIP" && spec.Texts("externalIPs").Any());
        if (external)
        {
            Default(spec, "externalTrafficPolicy", "Cluster");
        }

        if (type is "NodePort" or "LoadBalancer" or "ClusterIP" && !spec.Has("internalTrafficPolicy"))
        {
            spec["internalTrafficPolicy"] = "Cluster";
        }

        if (type == "LoadBalancer")
        {
            LoadBalancer(service, spec);
        }
    }

    private static void LoadBalancer(JsonObject service, JsonObject spec)
    {
        if (!spec.Has("allocateLoadBalancerNodePorts"))
        {
            spec["allocateLoadBalancerNodePorts"] = true;
        }

        foreach (var ingress in service.Map("status").Map("loadBalancer").Items("ingress"))
        {
            if (!string.IsNullOrEmpty(ingress.Text("ip")) && !ingress.Has("ipMode"))
            {
                ingress["ipMode"] = "VIP";
            }
        }
    }

    /// <summary>Every namespace carries its name as a label.</summary>
    internal static void Namespace(JsonObject ns)
    {
        if (ns.Map("metadata") is { } metadata && metadata.Text("name") is { Length: > 0 } name)
        {
            if (metadata.Map("labels") is not { } labels)
            {
                metadata["labels"] = labels = [];
            }

            labels["kubernetes.io/metadata.name"] = name;
        }
    }

    /// <summary>stringData is for writing alone: it goes into data, over what stands there.</summary>
    internal static void Secret(JsonObject secret)
    {
        if (secret.Map("stringData") is not { } texts)
        {
            return;
        }

        if (secret.Map("data") is not { } data)
        {
            secret["data"] = data = [];
        }

        foreach (var (key, value) in texts)
        {
            data[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes((string?)value ?? ""));
        }

        secret.Remove("stringData");
    }

    internal static void NodeStatus(JsonObject status)
    {
        if (!status.Has("allocatable") && status["capacity"] is { } capacity)
        {
            status["allocatable"] = capacity.DeepClone();
        }
    }

    internal static void LimitRangeItem(JsonObject item)
    {
        if (item.Text("type") == "Container")
        {
            Fill(item, "default", item.Map("max"));
            Fill(item, "defaultRequest", item.Map("default"));
            Fill(item, "defaultRequest", item.Map("min"));
        }
    }

    private static void Fill(JsonObject item, string name, JsonObject? from)
    {
        foreach (var (resource, amount) in from ?? [])
        {
            if (item.Map(name) is not { } into)
            {
                item[name] = into = [];
            }

            if (!into.Has(resource))
            {
                into[resource] = amount?.DeepClone();
            }
        }
    }

    internal static void ReplicationController(JsonObject controller)
    {
        var spec = controller.Map("spec");
        if (spec?.Map("template").Map("metadata").Map("labels") is not { } labels)
        {
            return;
        }

        if (spec.Map("selector") is null or { Count: 0 })
        {
            spec["selector"] = labels.DeepClone();
        }

        if (controller.Map("metadata") is { } metadata && metadata.Map("labels") is null or { Count: 0 })
        {
            controller.Map("metadata")!["labels"] = labels.DeepClone();
        }
    }

    internal static void EndpointPort(JsonObject port) => Default(port, "protocol", "TCP");

    internal static void SlicePort(JsonObject port)
    {
        Default(port, "protocol", "TCP");
        if (!port.Has("name"))
        {
            port["name"] = "";
        }
    }

    internal static void RoleRef(JsonObject reference) => Default(reference, "apiGroup", RbacGroup);

    /// <summary>What a custom resource is called follows from its kind; versions differ in nothing but their names.</summary>
    internal static void DefinitionSpec(JsonObject spec)
    {
        if (spec.Map("names") is { } names && names.Text("kind") is { Length: > 0 } kind)
        {
            Fill(names, "singular", kind.ToLowerInvariant());
            Fill(names, "listKind", kind + "List");
        }

        if (!spec.Has("conversion"))
        {
            spec["conversion"] = new JsonObject { ["strategy"] = "None" };
        }

        static void Fill(JsonObject names, string field, string value)
        {
            if (string.IsNullOrEmpty(names.Text(field)))
            {
                names[field] = value;
            }
        }
    }

    internal static void Subject(JsonObject subject)
    {
        if (subject.Text("kind") is "User" or "Group")
        {
            Default(subject, "apiGroup", RbacGroup);
        }
    }

    internal static void NetworkPolicySpec(JsonObject spec)
    {
        if (!spec.Texts("policyTypes").Any())
        {
            var types = new JsonArray("Ingress");
            if (spec.List("egress") is { Count: > 0 })
            {
                types.Add("Egress");
            }

            spec["policyTypes"] = types;
        }
    }

    private static string Default(JsonObject obj, string name, string value)
    {
        if (obj.Text(name) is { Length: > 0 } current)
        {
            return current;
        }

        obj[name] = value;
        return value;
    }
}
