using System.Globalization;
using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Values;

namespace Kube.Kubelet.PodWorkers;

/// <summary>A container cannot be made as its pod says; the reason of its waiting state is CreateContainerConfigError.</summary>
internal sealed class ContainerConfigException(string message) : Exception(message);

/// <summary>The environment variables of a container, in the order they are set; later ones win.</summary>
internal sealed class ContainerEnvironment(IObjectSource objects, string nodeName, IReadOnlyDictionary<string, Quantity> allocatable)
{
    /// <exception cref="ContainerConfigException">A reference that is not optional cannot be resolved.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BuildAsync(
        Pod pod, Container container, PodStatus status, CancellationToken cancellation)
    {
        Dictionary<string, string> result = new(StringComparer.Ordinal);
        string ns = pod.Metadata.Namespace ?? "default";
        ServiceVariables.Add(result, objects.Services(), ns, pod.Spec?.EnableServiceLinks ?? true);
        foreach (EnvFromSource source in container.EnvFrom ?? [])
        {
            await AddFromAsync(result, ns, source, cancellation);
        }

        foreach (EnvVar variable in container.Env ?? [])
        {
            string? value = variable.ValueFrom is { } from
                ? await ValueAsync(pod, container, status, ns, from, cancellation)
                : Expansion.Expand(variable.Value ?? "", result);
            if (value is not null)
            {
                result[variable.Name!] = value;
            }
        }

        return result;
    }

    private async Task AddFromAsync(Dictionary<string, string> result, string ns, EnvFromSource source, CancellationToken cancellation)
    {
        if (source.ConfigMapRef is { } map)
        {
            ConfigMap? found = await objects.ConfigMapAsync(ns, map.Name!, cancellation);
            if (found is null && map.Optional != true)
            {
                throw new ContainerConfigException($"configmap \"{map.Name}\" not found");
            }

            foreach ((string key, string value) in found?.Data ?? [])
            {
                result[source.Prefix + key] = value;
            }
        }
        else if (source.SecretRef is { } reference)
        {
            Secret? found = await objects.SecretAsync(ns, reference.Name!, cancellation);
            if (found is null && reference.Optional != true)
            {
                throw new ContainerConfigException($"secret \"{reference.Name}\" not found");
            }

            foreach ((string key, byte[] value) in found?.Data ?? [])
            {
                result[source.Prefix + key] = Encoding.UTF8.GetString(value);
            }
        }
    }

    private async Task<string?> ValueAsync(
        Pod pod, Container container, PodStatus status, string ns, EnvVarSource from, CancellationToken cancellation)
    {
        if (from.FieldRef is { } field)
        {
            return DownwardApi.Field(pod, field.FieldPath!, status, nodeName)
                ?? throw new ContainerConfigException($"unsupported fieldPath: {field.FieldPath}");
        }

        if (from.ResourceFieldRef is { } resource)
        {
            Container target = resource.ContainerName is { Length: > 0 } name
                ? pod.AllContainers().FirstOrDefault(c => c.Name == name) ?? throw new ContainerConfigException($"container {name} not found")
                : container;
            return DownwardApi.Resource(target, resource, allocatable)
                ?? throw new ContainerConfigException($"unsupported container resource : {resource.Resource}");
        }

        if (from.ConfigMapKeyRef is { } mapKey)
        {
            ConfigMap? map = await objects.ConfigMapAsync(ns, mapKey.Name!, cancellation);
            return map is null
                ? mapKey.Optional == true ? null : throw new ContainerConfigException($"configmap \"{mapKey.Name}\" not found")
                : map.Data?.GetValueOrDefault(mapKey.Key!)
                    ?? (mapKey.Optional == true ? null : throw new ContainerConfigException($"couldn't find key {mapKey.Key} in ConfigMap {ns}/{mapKey.Name}"));
        }

        if (from.SecretKeyRef is { } secretKey)
        {
            Secret? secret = await objects.SecretAsync(ns, secretKey.Name!, cancellation);
            return secret is null
                ? secretKey.Optional == true ? null : throw new ContainerConfigException($"secret \"{secretKey.Name}\" not found")
                : secret.Data?.GetValueOrDefault(secretKey.Key!) is { } bytes ? Encoding.UTF8.GetString(bytes)
                : secretKey.Optional == true ? null
                : throw new ContainerConfigException($"couldn't find key {secretKey.Key} in Secret {ns}/{secretKey.Name}");
        }

        return "";
    }
}

/// <summary>The variables that tell a container of the services in its namespace, and always of the API server.</summary>
internal static class ServiceVariables
{
    public static void Add(Dictionary<string, string> result, IReadOnlyList<Service> services, string ns, bool links)
    {
        foreach (Service service in services.OrderBy(s => s.Metadata.Name, StringComparer.Ordinal))
        {
            bool master = service.Metadata.Namespace == "default" && service.Metadata.Name == "kubernetes";
            if (!(master || (links && service.Metadata.Namespace == ns))
                || service.Spec?.ClusterIP is not { Length: > 0 } address
                || address == "None"
                || service.Spec.Ports is not { Count: > 0 } ports)
            {
                continue;
            }

            string prefix = Variable(service.Metadata.Name!);
            result[prefix + "_SERVICE_HOST"] = address;
            result[prefix + "_SERVICE_PORT"] = Number(ports[0].Port);
            foreach (ServicePort port in ports.Where(p => p.Name is { Length: > 0 }))
            {
                result[$"{prefix}_SERVICE_PORT_{Variable(port.Name!)}"] = Number(port.Port);
            }

            for (int i = 0; i < ports.Count; i++)
            {
                AddLink(result, prefix, address, ports[i], first: i == 0);
            }
        }
    }

    private static void AddLink(Dictionary<string, string> result, string prefix, string address, ServicePort port, bool first)
    {
        string protocol = port.Protocol is { Length: > 0 } given ? given : "TCP";
        string host = address.Contains(':') ? $"[{address}]" : address;
        string url = $"{protocol.ToLowerInvariant()}://{host}:{Number(port.Port)}";
        if (first)
        {
            result[prefix + "_PORT"] = url;
        }

        string link = $"{prefix}_PORT_{Number(port.Port)}_{protocol.ToUpperInvariant()}";
        result[link] = url;
        result[link + "_PROTO"] = protocol.ToLowerInvariant();
        result[link + "_PORT"] = Number(port.Port);
        result[link + "_ADDR"] = address;
    }

    private static string Variable(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
