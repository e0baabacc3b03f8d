using Kube.Api.FlowControl.V1;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.FlowControl;

/// <summary>Whether a request belongs to a flow schema. Pure.</summary>
internal static class FlowMatching
{
    private const string All = "*";
    private const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>True when one of the schema's rules has a subject that is the user and a rule that fits the request.</summary>
    public static bool Matches(FlowSchemaSpec schema, RequestInfo request, UserInfo user)
    {
        foreach (var rule in schema.Rules ?? [])
        {
            if (IsSubject(rule.Subjects, user) && Fits(rule, request))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What tells the requests of a schema apart: the user, the namespace, or nothing.</summary>
    public static string DistinguisherOf(FlowSchemaSpec schema, RequestInfo request, UserInfo user) => schema.DistinguisherMethod?.Type switch
    {
        "ByUser" => user.Name,
        "ByNamespace" => request.Namespace,
        _ => "",
    };

    private static bool IsSubject(List<Subject>? subjects, UserInfo user)
    {
        foreach (var subject in subjects ?? [])
        {
            var isUser = subject.Kind switch
            {
                "User" => subject.User?.Name is { } name && (name == All || name == user.Name),
                "Group" => subject.Group?.Name is { } group && (group == All || user.Groups.Contains(group)),
                "ServiceAccount" => subject.ServiceAccount is { } account && IsAccount(account, user.Name),
                _ => false,
            };
            if (isUser)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAccount(ServiceAccountSubject account, string user) =>
        user.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal)
        && user.AsSpan(ServiceAccountPrefix.Length) is var rest
        && rest.IndexOf(':') is > 0 and var colon
        && rest[..colon].SequenceEqual(account.Namespace)
        && (account.Name == All || rest[(colon + 1)..].SequenceEqual(account.Name));

    private static bool Fits(PolicyRulesWithSubjects rule, RequestInfo request)
    {
        if (request.IsResourceRequest)
        {
            foreach (var resource in rule.ResourceRules ?? [])
            {
                if (Fits(resource, request))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (var path in rule.NonResourceRules ?? [])
        {
            if (Has(path.Verbs, request.Verb) && HasPath(path.NonResourceURLs, request.Path))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(ResourcePolicyRule rule, RequestInfo request) =>
        Has(rule.Verbs, request.Verb)
        && Has(rule.ApiGroups, request.Group)
        && HasResource(rule.Resources, request)
        && (request.Namespace.Length > 0 ? Has(rule.Namespaces, request.Namespace) : rule.ClusterScope);

    private static bool Has(List<string>? values, string value)
    {
        foreach (var one in values ?? [])
        {
            if (one == All || one == value)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasResource(List<string>? resources, RequestInfo request)
    {
        foreach (var resource in resources ?? [])
        {
            if (resource == All || IsResource(resource, request))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>"pods" is the resource alone, "pods/status" the subresource alone.</summary>
    private static bool IsResource(string resource, RequestInfo request) =>
        request.Subresource.Length == 0
            ? resource == request.Resource
            : resource.Length == request.Resource.Length + 1 + request.Subresource.Length
                && resource[request.Resource.Length] == '/'
                && resource.StartsWith(request.Resource, StringComparison.Ordinal)
                && resource.EndsWith(request.Subresource, StringComparison.Ordinal);

    private static bool HasPath(List<string>? paths, string path)
    {
        foreach (var one in paths ?? [])
        {
            if (one == path || (one.EndsWith('*') && path.AsSpan().StartsWith(one.AsSpan(0, one.Length - 1), StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
