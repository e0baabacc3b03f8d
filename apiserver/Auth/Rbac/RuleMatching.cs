using Kube.Api.Rbac.V1;

namespace Kube.ApiServer.Auth.Rbac;

/// <summary>Whether a rule of a role covers a request, with Kubernetes' wildcards.</summary>
internal static class RuleMatching
{
    private const string All = "*";

    /// <summary>True when the rule allows the request.</summary>
    public static bool Allows(PolicyRule rule, AuthorizationAttributes request)
    {
        if (!Has(rule.Verbs, request.Verb))
        {
            return false;
        }

        return request.IsResourceRequest
            ? Has(rule.ApiGroups, request.ApiGroup) && HasResource(rule.Resources, request) && HasName(rule.ResourceNames, request.Name)
            : HasPath(rule.NonResourceURLs, request.Path);
    }

    private static bool Has(List<string>? values, string value) =>
        values is not null && (values.Contains(All) || values.Contains(value));

    /// <summary>Rules name pods, pods/log, */scale or *.</summary>
    private static bool HasResource(List<string>? resources, AuthorizationAttributes request)
    {
        if (resources is null)
        {
            return false;
        }

        var combined = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        foreach (var resource in resources)
        {
            if (resource == All || resource == combined
                || (request.Subresource.Length > 0 && resource.StartsWith("*/", StringComparison.Ordinal)
                    && resource.AsSpan(2).SequenceEqual(request.Subresource)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasName(List<string>? names, string name) => names is not { Count: > 0 } || names.Contains(name);

    private static bool HasPath(List<string>? paths, string path)
    {
        foreach (var allowed in paths ?? [])
        {
            if (allowed == All || allowed == path
                || (allowed.EndsWith('*') && path.StartsWith(allowed.AsSpan(0, allowed.Length - 1), StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
