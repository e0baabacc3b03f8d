using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Rbac;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security;

/// <summary>
/// Makes the bootstrap roles and bindings that are missing, and gives existing ones back the rules and subjects that
/// they lack, unless their autoupdate annotation says "false".
/// </summary>
public sealed class RbacBootstrap(ResourceRegistry registry)
{
    private const string Group = "rbac.authorization.k8s.io";
    private readonly WriteContext _context = new() { User = UserInfo.ApiServer };

    /// <summary>Makes everything. Safe to run again, and beside another API server that does the same.</summary>
    /// <exception cref="KubeStatusException">The store refused a write.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var work = new List<Task>();
        work.AddRange(BootstrapPolicy.ClusterRoles.Select(role => EnsureAsync("clusterroles", role, "rules", cancellationToken)));
        work.AddRange(BootstrapPolicy.Roles.Select(role => EnsureAsync("roles", role, "rules", cancellationToken)));
        work.AddRange(BootstrapPolicy.ClusterRoleBindings.Select(binding => EnsureAsync("clusterrolebindings", binding, "subjects", cancellationToken)));
        work.AddRange(BootstrapPolicy.RoleBindings.Select(binding => EnsureAsync("rolebindings", binding, "subjects", cancellationToken)));
        await Task.WhenAll(work).ConfigureAwait(false);
    }

    private async Task EnsureAsync<T>(string plural, T wanted, string listField, CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        var store = registry.Get(Group, "v1", plural);
        var ns = wanted.Metadata.Namespace ?? string.Empty;
        var name = wanted.Metadata.Name!;
        var obj = KubeJson.ToJsonObject(wanted);
        var existing = await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false);
        if (existing is null)
        {
            try
            {
                await store.CreateAsync(_context, ns, obj, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KubeStatusException e) when (e.Status.Reason == "AlreadyExists")
            {
                // Another API server was first, with the same content.
                return;
            }
        }

        if (!Lacks(existing, obj, listField))
        {
            return;
        }

        await store.UpdateAsync(
            _context,
            ns,
            name,
            current =>
            {
                AddMissing(current, obj, listField);
                return ValueTask.FromResult(current);
            },
            null,
            cancellationToken).ConfigureAwait(false);
    }

    private static bool Lacks(JsonObject existing, JsonObject wanted, string listField) =>
        (string?)existing["metadata"]?["annotations"]?[BootstrapPolicy.AutoUpdate] != "false" && Missing(existing, wanted, listField).Any();

    private static IEnumerable<JsonNode> Missing(JsonObject existing, JsonObject wanted, string listField)
    {
        var have = existing[listField] as JsonArray ?? [];
        return (wanted[listField] as JsonArray ?? []).Where(item => !have.Any(other => JsonNode.DeepEquals(item, other))).Select(item => item!);
    }

    private static void AddMissing(JsonObject current, JsonObject wanted, string listField)
    {
        var missing = Missing(current, wanted, listField).Select(item => item.DeepClone()).ToList();
        if (current[listField] is not JsonArray list)
        {
            current[listField] = list = [];
        }

        foreach (var item in missing)
        {
            list.Add(item);
        }
    }
}
