using Kube.Api.Json;
using Kube.Api.Meta.V1;
using Kube.Api.Rbac.V1;
using Kube.ApiServer.Auth.Rbac;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Security;

/// <summary>The RBAC policy of this moment, made anew from the caches when a role or binding has changed. Thread-safe.</summary>
internal sealed class RbacSource(ResourceRegistry registry)
{
    private const string Group = "rbac.authorization.k8s.io";

    private readonly Lock _lock = new();
    private readonly ResourceStore _clusterRoles = registry.Get(Group, "v1", "clusterroles");
    private readonly ResourceStore _roles = registry.Get(Group, "v1", "roles");
    private readonly ResourceStore _clusterRoleBindings = registry.Get(Group, "v1", "clusterrolebindings");
    private readonly ResourceStore _roleBindings = registry.Get(Group, "v1", "rolebindings");
    private Built _built = new(null, null, null, null, RbacPolicy.Empty);

    /// <summary>The policy. Empty until the caches are filled: nobody gets rights from what is not known yet.</summary>
    public RbacPolicy Current
    {
        get
        {
            var built = Volatile.Read(ref _built);
            return IsCurrent(built) ? built.Policy : Rebuild();
        }
    }

    private bool IsCurrent(Built built) =>
        ReferenceEquals(built.ClusterRoles, _clusterRoles.Cache.Snapshot?.Objects)
        && ReferenceEquals(built.Roles, _roles.Cache.Snapshot?.Objects)
        && ReferenceEquals(built.ClusterRoleBindings, _clusterRoleBindings.Cache.Snapshot?.Objects)
        && ReferenceEquals(built.RoleBindings, _roleBindings.Cache.Snapshot?.Objects);

    private RbacPolicy Rebuild()
    {
        lock (_lock)
        {
            if (IsCurrent(_built))
            {
                return _built.Policy;
            }

            var clusterRoles = _clusterRoles.Cache.Snapshot?.Objects;
            var roles = _roles.Cache.Snapshot?.Objects;
            var clusterRoleBindings = _clusterRoleBindings.Cache.Snapshot?.Objects;
            var roleBindings = _roleBindings.Cache.Snapshot?.Objects;
            var policy = new RbacPolicy(
                Read<ClusterRole>(clusterRoles), Read<Role>(roles), Read<ClusterRoleBinding>(clusterRoleBindings), Read<RoleBinding>(roleBindings));
            Volatile.Write(ref _built, new Built(clusterRoles, roles, clusterRoleBindings, roleBindings, policy));
            return policy;
        }
    }

    private static IEnumerable<T> Read<T>(ObjectTree? objects)
        where T : class, IKubeObject =>
        objects?.Range("").Select(cached => KubeJson.Deserialize<T>(cached.Json)) ?? [];

    private sealed record Built(
        ObjectTree? ClusterRoles, ObjectTree? Roles, ObjectTree? ClusterRoleBindings, ObjectTree? RoleBindings, RbacPolicy Policy);
}
