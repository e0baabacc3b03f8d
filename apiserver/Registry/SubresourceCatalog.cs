using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.ApiServer.Registry.Strategies;
using Kube.ApiServer.Registry.Subresources;

namespace Kube.ApiServer.Registry;

/// <summary>The subresources of the built-in resources.</summary>
/// <param name="further">Those that other parts bring, by group, plural and name: they win over the ones made here.</param>
internal sealed class SubresourceCatalog(
    TimeProvider time,
    Func<ResourceStore?> budgets,
    IKubeletClient? kubelets,
    Func<ResourceStore> nodes,
    Func<ResourceStore> slices,
    IReadOnlyDictionary<(string Group, string Plural, string Name), ISubresource> further)
{
    private static readonly string[] PatchAndUpdate = ["get", "patch", "update"];

    public IReadOnlyDictionary<string, ISubresource> Of(KindInfo kind, ResourceStrategy strategy)
    {
        var all = new Dictionary<string, ISubresource>(StringComparer.Ordinal);
        foreach (var name in kind.Subresources)
        {
            if (further.GetValueOrDefault((kind.Group, kind.Plural, name)) is { } given)
            {
                all[name] = given;
            }
            else if (Make(kind, strategy, name) is { } made)
            {
                all[name] = made;
            }
        }

        if (kind is { Group: "", Plural: "namespaces" })
        {
            all["finalize"] = new FinalizeSubresource(kind.GroupVersionKind);
        }

        return all;
    }

    private ISubresource? Make(KindInfo kind, ResourceStrategy strategy, string name) => (kind.Plural, name) switch
    {
        (_, "status") => new StatusSubresource(kind.GroupVersionKind, strategy),
        (_, "scale") => new ScaleSubresource(),
        ("pods", "binding") => new BindingSubresource(time),
        ("pods", "eviction") => new EvictionSubresource(budgets, time),
        ("pods", "log") when kubelets is not null => new LogSubresource(kubelets, nodes, time),
        ("pods", "ephemeralcontainers") => new SpecFieldSubresource(kind.GroupVersionKind, CopySpec("ephemeralContainers"), PatchAndUpdate),
        ("pods", "resize") => new SpecFieldSubresource(kind.GroupVersionKind, CopyResources, PatchAndUpdate),
        ("certificatesigningrequests", "approval") => new ApprovalSubresource(kind.GroupVersionKind, (SigningRequestStrategy)strategy),
        ("pods", "exec" or "attach" or "portforward") when kubelets is not null => new StreamSubresource(name, kubelets, nodes),
        ("nodes", "proxy") when kubelets is not null => new NodeProxySubresource(kubelets),
        ("pods", "proxy") when kubelets is not null => new PodProxySubresource(kubelets, nodes),
        ("services", "proxy") when kubelets is not null => new ServiceProxySubresource(kubelets, slices),
        _ => null,
    };

    private static Action<JsonObject, JsonObject> CopySpec(string field) => (wanted, obj) =>
    {
        if (wanted["spec"]?[field] is { } value)
        {
            obj["spec"] ??= new JsonObject();
            obj["spec"]![field] = value.DeepClone();
        }
    };

    /// <summary>Containers by name take the resources that are wanted.</summary>
    private static void CopyResources(JsonObject wanted, JsonObject obj)
    {
        var asked = (wanted["spec"]?["containers"] as JsonArray)?.OfType<JsonObject>().ToDictionary(c => ObjectAccessor.Text(c, "name")) ?? [];
        foreach (var container in (obj["spec"]?["containers"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            if (!asked.TryGetValue(ObjectAccessor.Text(container, "name"), out var other))
            {
                continue;
            }

            foreach (var field in (string[])["resources", "resizePolicy"])
            {
                if (other[field] is { } value)
                {
                    container[field] = value.DeepClone();
                }
            }
        }
    }
}
