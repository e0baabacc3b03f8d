using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Rpc;

/// <summary>What a call is about: a resource, and in it a namespace, an object, a part of the object. Immutable.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">Plural name.</param>
/// <param name="Namespace">Empty for none or all.</param>
/// <param name="Name">Empty for all.</param>
internal readonly record struct ResourceAddress(string Group, string Version, string Resource, string Namespace = "", string Name = "", string Subresource = "")
{
    /// <summary>The path of the REST request that means the same.</summary>
    /// <param name="verb">The verb that it must turn out to be.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: parts are missing or not allowed in a path.</exception>
    public PathString ToPath(string verb, string method, IQueryCollection query)
    {
        Require(Version, "version");
        Require(Resource, "resource");
        Check(Group, "group");
        Check(Version, "version");
        Check(Resource, "resource");
        Check(Namespace, "namespace");
        Check(Name, "name");
        Check(Subresource, "subresource");
        if (Subresource.Length > 0)
        {
            Require(Name, "name");
        }

        var path = (Group.Length == 0 ? "/api/" : $"/apis/{Group}/")
            + Version
            + (Namespace.Length == 0 || Resource == "namespaces" ? "" : "/namespaces/" + Namespace)
            + "/" + Resource
            + (Name.Length == 0 ? "" : "/" + Name)
            + (Subresource.Length == 0 ? "" : "/" + Subresource);
        var meaning = RequestInfoParser.Parse(method, path, query);
        if (meaning.Verb != verb && verb is "get" or "update" or "patch" or "delete")
        {
            Require(Name, "name");
        }

        if (meaning.Verb != verb || !Means(meaning))
        {
            throw RpcErrors.Invalid($"{path} does not name what was asked for: check resource, namespace, name and subresource");
        }

        if (meaning.IsLongRunning && verb != "watch")
        {
            throw RpcErrors.Of(new Kube.Api.Errors.KubeStatus(501, "NotImplemented", $"{Resource}/{Subresource} is a stream of bytes, which only the REST API has"));
        }

        return new PathString(path);
    }

    /// <summary>A list whose selector lets one name through is authorised as that of the name, so that the name may come from the selector.</summary>
    private bool Means(RequestInfo meaning) =>
        meaning.Group == Group
        && meaning.Version == Version
        && meaning.Resource == Resource
        && (meaning.Name == Name || (Name.Length == 0 && meaning.Verb is ("list" or "watch")))
        && meaning.Subresource == Subresource
        && meaning.Rest.Length == 0
        && !meaning.LegacyWatch
        && (meaning.Namespace == Namespace || Resource == "namespaces");

    private static void Require(string value, string field)
    {
        if (value.Length == 0)
        {
            throw RpcErrors.Invalid($"{field} is required");
        }
    }

    private static void Check(string value, string field)
    {
        if (value.Contains('/') || value.Contains('%') || value is "." or "..")
        {
            throw RpcErrors.Invalid($"{field}: \"{value}\" may not contain '/' or '%' and not be '.' or '..'");
        }
    }
}
