using Kube.ApiServer.Auth.Rbac;

namespace Kube.ApiServer.Auth.Nodes;

/// <summary>
/// Lets a node (user system:node:NAME in group system:nodes) read what the pods bound to it need, and write its own
/// node, lease and pods' statuses: Kubernetes' Node authorizer. For the rest of what nodes do it goes by the rules of
/// the system:node role. No opinion on other users.
/// </summary>
public sealed class NodeAuthorizer(NodeGraph graph) : IAuthorizer
{
    private const string NodeUserPrefix = "system:node:";
    private const string NodesGroup = "system:nodes";
    private const string LeaseNamespace = "kube-node-lease";

    private static readonly IReadOnlyList<Kube.Api.Rbac.V1.PolicyRule> Rules = BootstrapPolicy.NodeRules();

    /// <summary>The node that a user is; null when it is none.</summary>
    public static string? NodeOf(UserInfo user) =>
        user.Name.StartsWith(NodeUserPrefix, StringComparison.Ordinal) && user.Name.Length > NodeUserPrefix.Length && user.Groups.Contains(NodesGroup)
            ? user.Name[NodeUserPrefix.Length..]
            : null;

    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) =>
        ValueTask.FromResult(NodeOf(attributes.User) is { } node ? Authorize(node, attributes) : default);

    private AuthorizationResult Authorize(string node, AuthorizationAttributes request)
    {
        if (request.IsResourceRequest)
        {
            switch (request.ApiGroup, request.Resource)
            {
                case ("", "secrets") or ("", "configmaps"):
                    return ReadByName(node, request);
                case ("", "persistentvolumeclaims") when request.Subresource.Length == 0:
                    return request.Verb == "get" ? IfNeeded(node, request) : Refuse("can only get individual resources of this type");
                case ("", "serviceaccounts"):
                    return request is { Subresource: "token", Verb: "create" }
                        ? IfNeeded(node, request)
                        : Refuse("can only create tokens for individual service accounts");
                case ("coordination.k8s.io", "leases"):
                    return Lease(node, request);
                case ("storage.k8s.io", "csinodes"):
                    return request.Name == node || request.Verb == "create" ? ByRules(request) : Refuse("can only access CSINode with the same name as the requesting node");
            }
        }

        return ByRules(request);
    }

    /// <summary>Secrets and config maps: get, or list and watch of one by name, if a pod of the node names it.</summary>
    private AuthorizationResult ReadByName(string node, AuthorizationAttributes request)
    {
        if (request.Verb is not ("get" or "list" or "watch") || request.Subresource.Length > 0)
        {
            return Refuse("can only read resources of this type");
        }

        return request.Name.Length == 0 ? Refuse("No Object name found") : IfNeeded(node, request);
    }

    private AuthorizationResult IfNeeded(string node, AuthorizationAttributes request) =>
        graph.Needs(node, request.Resource, request.Namespace, request.Name)
            ? new AuthorizationResult(AuthorizationDecision.Allow)
            : Refuse($"no relationship found between node '{node}' and this object");

    private static AuthorizationResult Lease(string node, AuthorizationAttributes request)
    {
        if (request.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return Refuse("can only get, create, update, patch, or delete a node lease");
        }

        if (request.Namespace != LeaseNamespace)
        {
            return Refuse($"can only access leases in the \"{LeaseNamespace}\" system namespace");
        }

        return request.Verb == "create" || request.Name == node
            ? new AuthorizationResult(AuthorizationDecision.Allow)
            : Refuse("can only access node lease with the same name as the requesting node");
    }

    private static AuthorizationResult ByRules(AuthorizationAttributes request) => Rules.Any(rule => RuleMatching.Allows(rule, request))
        ? new AuthorizationResult(AuthorizationDecision.Allow)
        : default;

    private static AuthorizationResult Refuse(string reason) => new(AuthorizationDecision.NoOpinion, reason);
}
