using System.Text.Json.Nodes;
using Kube.Api.Rbac.V1;
using Kube.ApiServer.Auth.Rbac;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Reviews;

/// <summary>Answers SelfSubjectRulesReview: what may I do in this namespace (kubectl auth can-i --list)?</summary>
internal sealed class RulesReview(Func<RbacPolicy> policy) : IReviewResource
{
    public Task<JsonObject> CreateAsync(WriteContext context, string ns, JsonObject review, CancellationToken cancellationToken)
    {
        var about = ObjectAccessor.Text(review["spec"] as JsonObject, "namespace");
        if (about.Length == 0)
        {
            throw ApiErrors.BadRequest("no namespace on request");
        }

        var resourceRules = new JsonArray();
        var pathRules = new JsonArray();
        foreach (var rule in policy().RulesFor(context.User, about))
        {
            if (rule.NonResourceURLs is { Count: > 0 })
            {
                pathRules.Add(new JsonObject { ["verbs"] = Array(rule.Verbs), ["nonResourceURLs"] = Array(rule.NonResourceURLs) });
            }
            else
            {
                resourceRules.Add(Rule(rule));
            }
        }

        var answer = (JsonObject)review.DeepClone();
        answer["status"] = new JsonObject { ["resourceRules"] = resourceRules, ["nonResourceRules"] = pathRules, ["incomplete"] = false };
        return Task.FromResult(answer);
    }

    private static JsonObject Rule(PolicyRule rule)
    {
        var shown = new JsonObject { ["verbs"] = Array(rule.Verbs), ["apiGroups"] = Array(rule.ApiGroups), ["resources"] = Array(rule.Resources) };
        if (rule.ResourceNames is { Count: > 0 })
        {
            shown["resourceNames"] = Array(rule.ResourceNames);
        }

        return shown;
    }

    private static JsonArray Array(List<string>? values) => [.. (values ?? []).Select(value => (JsonNode)value)];
}
