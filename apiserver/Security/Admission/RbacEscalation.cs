using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Json;
using Kube.Api.Rbac.V1;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Rbac;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Nobody grants rights that they do not hold: who writes a role must hold its rules or have the verb "escalate" on
/// roles, and who writes a binding must hold the bound role's rules or have "bind" on that role.
/// </summary>
internal sealed class RbacEscalation(Func<RbacPolicy> policy, IAuthorizer authorizer) : IValidatingAdmission
{
    private const string Group = "rbac.authorization.k8s.io";

    public bool Handles(AdmissionRequest request) =>
        request.Group == Group && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update
        && !request.User.Groups.Contains(UserInfo.MastersGroup);

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Resource is "roles" or "clusterroles")
        {
            await CheckRoleAsync(request, cancellationToken).ConfigureAwait(false);
        }
        else if (request.Resource is "rolebindings" or "clusterrolebindings")
        {
            await CheckBindingAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckRoleAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.OldObject is { } old && JsonNode.DeepEquals(old["rules"], request.Object!["rules"])
            && JsonNode.DeepEquals(old["aggregationRule"], request.Object["aggregationRule"]))
        {
            return;
        }

        var rules = Rules(request.Object!);
        if (request.Object!["aggregationRule"] is not null)
        {
            // Which roles it will take in is not known: only who may do everything may ask for that.
            rules = [.. rules, new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] }];
        }

        if (!await IsAllowedAsync(request, "escalate", request.Resource, request.Name, cancellationToken).ConfigureAwait(false))
        {
            Require(request, rules);
        }
    }

    private async ValueTask CheckBindingAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var reference = request.Object!["roleRef"] as JsonObject;
        var name = ObjectAccessor.Text(reference, "name");
        var isCluster = ObjectAccessor.Text(reference, "kind") == "ClusterRole";
        if (request.OldObject is { } old && JsonNode.DeepEquals(old["subjects"], request.Object["subjects"]) && JsonNode.DeepEquals(old["roleRef"], reference))
        {
            return;
        }

        if (await IsAllowedAsync(request, "bind", isCluster ? "clusterroles" : "roles", name, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var rules = policy().RulesOf(isCluster ? string.Empty : request.Namespace, name)
            ?? throw new KubeStatusException(KubeStatus.NotFound(Group, isCluster ? "clusterroles" : "roles", name));
        Require(request, rules);
    }

    private async ValueTask<bool> IsAllowedAsync(
        AdmissionRequest request, string verb, string resource, string name, CancellationToken cancellationToken)
    {
        var result = await authorizer.AuthorizeAsync(
            new AuthorizationAttributes
            {
                User = request.User,
                Verb = verb,
                IsResourceRequest = true,
                ApiGroup = Group,
                ApiVersion = "*",
                Resource = resource,
                Namespace = request.Namespace,
                Name = name,
            },
            cancellationToken).ConfigureAwait(false);
        return result.Decision == AuthorizationDecision.Allow;
    }

    private void Require(AdmissionRequest request, IReadOnlyList<PolicyRule> rules)
    {
        var missing = RuleCoverage.Uncovered([.. policy().RulesFor(request.User, request.Namespace)], rules);
        if (missing.Count > 0)
        {
            throw new KubeStatusException(KubeStatus.Forbidden(
                Group,
                request.Resource,
                request.Name,
                $"user \"{request.User.Name}\" (groups=[{string.Join(' ', request.User.Groups.Select(group => $"\"{group}\""))}]) is attempting to grant RBAC permissions not currently held:\n"
                + string.Join('\n', missing.Select(Describe))));
        }
    }

    private static IReadOnlyList<PolicyRule> Rules(JsonObject role) =>
        [.. (role["rules"] as JsonArray ?? []).OfType<JsonObject>().Select(KubeJson.FromJsonObject<PolicyRule>)];

    private static string Describe(PolicyRule rule)
    {
        static string List(List<string>? values) => $"[{string.Join(' ', (values ?? []).Select(value => $"\"{value}\""))}]";

        return rule.NonResourceURLs is { Count: > 0 }
            ? $"{{NonResourceURLs:{List(rule.NonResourceURLs)}, Verbs:{List(rule.Verbs)}}}"
            : $"{{APIGroups:{List(rule.ApiGroups)}, Resources:{List(rule.Resources)}"
                + (rule.ResourceNames is { Count: > 0 } ? $", ResourceNames:{List(rule.ResourceNames)}" : string.Empty)
                + $", Verbs:{List(rule.Verbs)}}}";
    }
}
