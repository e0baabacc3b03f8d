using Kube.Api.Meta.V1;
using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <summary>
/// All roles and bindings at one moment. Immutable; a change in the cluster makes a new one. Bindings are held by
/// the namespace in which they hold, cluster role bindings under the empty name, and there by whom they are for: a request looks at what its
/// user has, however many bindings there are.
/// </summary>
public sealed class RbacPolicy
{
    private const string ClusterWide = "";

    private readonly Dictionary<string, GrantIndex> _grants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Name), List<PolicyRule>> _rules = [];

    public RbacPolicy(
        IEnumerable<ClusterRole> clusterRoles,
        IEnumerable<Role> roles,
        IEnumerable<ClusterRoleBinding> clusterRoleBindings,
        IEnumerable<RoleBinding> roleBindings)
    {
        var all = clusterRoles.ToList();
        foreach (var role in all)
        {
            _rules[(ClusterWide, role.Metadata.Name!)] = Aggregate(role, all);
        }

        foreach (var role in roles)
        {
            _rules[(role.Metadata.Namespace!, role.Metadata.Name!)] = role.Rules ?? [];
        }

        foreach (var binding in clusterRoleBindings)
        {
            Add(ClusterWide, binding.Metadata.Name!, "ClusterRoleBinding", binding.RoleRef, binding.Subjects);
        }

        foreach (var binding in roleBindings)
        {
            Add(binding.Metadata.Namespace!, binding.Metadata.Name!, "RoleBinding", binding.RoleRef, binding.Subjects);
        }
    }

    /// <summary>A policy that allows nothing.</summary>
    public static RbacPolicy Empty { get; } = new([], [], [], []);

    /// <summary>Decides a request. The reason names the binding that allows it, for the audit log, or the roles that are missing.</summary>
    public AuthorizationResult Authorize(AuthorizationAttributes request)
    {
        var missing = new List<string>();
        foreach (var grant in GrantsOf(request.User, request.IsResourceRequest ? request.Namespace : ClusterWide))
        {
            if (!_rules.TryGetValue(grant.Role, out var rules))
            {
                missing.Add(grant.MissingRole);
                continue;
            }

            foreach (var rule in rules)
            {
                if (RuleMatching.Allows(rule, request))
                {
                    return new AuthorizationResult(AuthorizationDecision.Allow, grant.Describe());
                }
            }
        }

        return new AuthorizationResult(
            AuthorizationDecision.NoOpinion, missing.Count == 0 ? string.Empty : $"RBAC: {string.Join(", ", missing.Distinct())}");
    }

    /// <summary>All rules that hold for the user in a namespace, cluster-wide ones included.</summary>
    public IEnumerable<PolicyRule> RulesFor(UserInfo user, string ns) =>
        GrantsOf(user, ns).SelectMany(grant => _rules.GetValueOrDefault(grant.Role) ?? []);

    /// <summary>The rules of a role: namespace empty for a cluster role; null when there is no such role.</summary>
    public IReadOnlyList<PolicyRule>? RulesOf(string ns, string name) => _rules.GetValueOrDefault((ns, name));

    private IEnumerable<Grant> GrantsOf(UserInfo user, string ns)
    {
        var clusterWide = _grants.GetValueOrDefault(ClusterWide)?.Of(user) ?? [];
        return ns != ClusterWide && _grants.TryGetValue(ns, out var local) ? clusterWide.Concat(local.Of(user)) : clusterWide;
    }

    private void Add(string ns, string name, string kind, RoleRef? reference, List<Subject>? subjects)
    {
        if (reference?.Name is null || subjects is not { Count: > 0 })
        {
            return;
        }

        if (!_grants.TryGetValue(ns, out var grants))
        {
            _grants[ns] = grants = new GrantIndex();
        }

        var roleNamespace = reference.Kind == "ClusterRole" ? ClusterWide : ns;
        foreach (var subject in subjects)
        {
            grants.Add(new Grant(ns, name, kind, (roleNamespace, reference.Name), reference.Kind!, subject));
        }
    }

    /// <summary>A cluster role with an aggregation rule has the rules of all roles that its selectors match (KEP-277).</summary>
    private static List<PolicyRule> Aggregate(ClusterRole role, List<ClusterRole> all)
    {
        if (role.AggregationRule?.ClusterRoleSelectors is not { Count: > 0 } selectors)
        {
            return role.Rules ?? [];
        }

        return
        [
            .. all.Where(other => other != role && selectors.Any(selector => Matches(selector, other.Metadata.Labels)))
                .SelectMany(other => Aggregate(other, [.. all.Where(rest => rest != role)])),
        ];
    }

    private static bool Matches(LabelSelector selector, Dictionary<string, string>? labels) =>
        (selector.MatchLabels ?? []).All(pair => labels?.GetValueOrDefault(pair.Key) == pair.Value)
        && (selector.MatchExpressions ?? []).All(requirement => requirement.Operator switch
        {
            "In" => labels?.GetValueOrDefault(requirement.Key!) is { } value && requirement.Values?.Contains(value) == true,
            "NotIn" => labels?.GetValueOrDefault(requirement.Key!) is not { } value || requirement.Values?.Contains(value) != true,
            "Exists" => labels?.ContainsKey(requirement.Key!) == true,
            "DoesNotExist" => labels?.ContainsKey(requirement.Key!) != true,
            _ => false,
        });

    /// <summary>One subject of one binding.</summary>
    private sealed record Grant(
        string Namespace, string Binding, string BindingKind, (string Namespace, string Name) Role, string RoleKind, Subject Subject)
    {
        public string MissingRole => $"{RoleKind.ToLowerInvariant()}.rbac.authorization.k8s.io \"{Role.Name}\" not found";

        public string Describe()
        {
            var binding = Namespace.Length == 0 ? Binding : $"{Binding}/{Namespace}";
            var subject = Subject.Kind == "ServiceAccount" ? $"{Subject.Name}/{Subject.Namespace}" : Subject.Name;
            return $"RBAC: allowed by {BindingKind} \"{binding}\" of {RoleKind} \"{Role.Name}\" to {Subject.Kind} \"{subject}\"";
        }
    }

    /// <summary>The grants of one namespace by whom they are for, in the order of the bindings.</summary>
    private sealed class GrantIndex
    {
        private readonly Dictionary<string, List<(int Order, Grant Grant)>> _ofUsers = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<(int Order, Grant Grant)>> _ofGroups = new(StringComparer.Ordinal);
        private int _count;

        public void Add(Grant grant)
        {
            var subject = grant.Subject;
            var (index, name) = subject.Kind switch
            {
                "User" => (_ofUsers, subject.Name),
                "Group" => (_ofGroups, subject.Name),
                "ServiceAccount" => (_ofUsers, $"system:serviceaccount:{(string.IsNullOrEmpty(subject.Namespace) ? grant.Namespace : subject.Namespace)}:{subject.Name}"),
                _ => (_ofUsers, null),
            };
            if (name is null)
            {
                return;
            }

            if (!index.TryGetValue(name, out var grants))
            {
                index[name] = grants = [];
            }

            grants.Add((_count++, grant));
        }

        /// <summary>What the user has, as user or by a group.</summary>
        public IEnumerable<Grant> Of(UserInfo user)
        {
            var found = new List<(int Order, Grant Grant)>();
            found.AddRange(_ofUsers.GetValueOrDefault(user.Name) ?? []);
            foreach (var group in user.Groups)
            {
                found.AddRange(_ofGroups.GetValueOrDefault(group) ?? []);
            }

            found.Sort(static (a, b) => a.Order.CompareTo(b.Order));
            return found.Select(static one => one.Grant);
        }
    }
}
