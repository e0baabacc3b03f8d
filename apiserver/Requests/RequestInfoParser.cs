using Kube.Api.Selectors;
using Kube.Api.Validation;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Requests;

/// <summary>
/// Reads Kubernetes' meaning out of method, path and query, by the rules of apiserver's RequestInfoFactory:
/// /api/v1/…, /apis/GROUP/VERSION/…, namespaces/NS in front of a namespaced resource, watch/ in its old place.
/// Pure.
/// </summary>
internal static class RequestInfoParser
{
    /// <summary>Subresources of a namespace, which make "namespaces/x/status" mean the namespace and not a resource in it.</summary>
    private static readonly string[] NamespaceSubresources = ["status", "finalize"];

    public static RequestInfo Parse(string method, string path, IQueryCollection query)
    {
        var parts = path.Trim('/').Split('/');
        var prefixLength = parts[0] switch
        {
            "api" => 2,
            "apis" => 3,
            _ => 0,
        };
        if (prefixLength == 0 || parts.Length <= prefixLength || Array.Exists(parts, p => p.Length == 0 && parts.Length < prefixLength))
        {
            return new RequestInfo { Verb = method.ToLowerInvariant(), Path = path, IsResourceRequest = false };
        }

        var group = prefixLength == 3 ? parts[1] : "";
        var version = parts[prefixLength - 1];
        var rest = parts.AsSpan(prefixLength);
        var verb = method switch
        {
            "POST" => "create",
            "GET" or "HEAD" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };

        var legacyWatch = false;
        if (rest.Length > 1 && rest[0] is "watch")
        {
            legacyWatch = true;
            verb = "watch";
            rest = rest[1..];
        }

        var ns = "";
        if (rest is ["namespaces", var named, ..])
        {
            ns = named;
            if (rest.Length > 2 && Array.IndexOf(NamespaceSubresources, rest[2]) < 0)
            {
                rest = rest[2..];
            }
        }

        var resource = rest[0];
        var name = rest.Length > 1 ? rest[1] : "";
        var subresource = rest.Length > 2 ? rest[2] : "";
        var remainder = rest.Length > 3 ? string.Join('/', rest[3..].ToArray()) : "";
        if (name.Length == 0)
        {
            name = verb == "get" ? OnlyName(query["fieldSelector"].ToString()) : "";
            verb = verb switch
            {
                "get" => IsTrue(query["watch"]) ? "watch" : "list",
                "delete" => "deletecollection",
                _ => verb,
            };
        }
        else if (verb == "get" && subresource.Length == 0 && IsTrue(query["watch"]))
        {
            verb = "watch";
        }

        return new RequestInfo
        {
            Verb = verb,
            Path = path,
            IsResourceRequest = true,
            ApiPrefix = parts[0],
            Group = group,
            Version = version,
            Namespace = ns,
            Resource = resource,
            Name = name,
            Subresource = subresource,
            Rest = remainder,
            LegacyWatch = legacyWatch,
        };
    }

    /// <summary>
    /// The name that a list or watch is of when its selector lets only one through: who may read one object may list and watch it. Empty when there is none,
    /// or when the selector is none: that is for whoever answers the request to say.
    /// </summary>
    private static string OnlyName(string selector)
    {
        try
        {
            var one = FieldSelector.Parse(selector).Requirements.FirstOrDefault(static term => term is { Field: "metadata.name", IsEqual: true });
            return one is not null && NameRules.PathSegment(one.Value).Count == 0 ? one.Value : "";
        }
        catch (SelectorException)
        {
            return "";
        }
    }

    /// <summary>A boolean query parameter by Kubernetes' rule: present and not "false" or "0".</summary>
    public static bool IsTrue(Microsoft.Extensions.Primitives.StringValues value) =>
        value.Count > 0 && value[0] is not ("false" or "0" or "False" or "FALSE");
}
