using System.Collections.Concurrent;
using System.Reflection;
using Kube.Api.Schema;

namespace Kube.Client.Rest;

/// <summary>A resource that the API serves: enough to build its paths.</summary>
/// <param name="Group">API group; empty for core.</param>
/// <param name="Version">Version, such as v1.</param>
/// <param name="Plural">Name in paths, such as pods.</param>
/// <param name="Kind">Kind of its objects.</param>
/// <param name="Namespaced">True when its objects live in namespaces.</param>
public sealed record ResourceKind(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    private static readonly ConcurrentDictionary<Type, ResourceKind> _ofType = new();

    /// <summary>"v1" or "apps/v1".</summary>
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary>"pods" or "deployments.apps".</summary>
    public string Resource => Group.Length == 0 ? Plural : Plural + "." + Group;

    /// <summary>The resource of a type of libs/api, from its <see cref="KindAttribute"/>.</summary>
    public static ResourceKind Of<T>() => Of(typeof(T));

    /// <inheritdoc cref="Of{T}"/>
    public static ResourceKind Of(Type type) => _ofType.GetOrAdd(type, static t =>
    {
        var kind = t.GetCustomAttribute<KindAttribute>()
            ?? throw new ArgumentException($"{t} carries no [Kind]: it is not a resource", nameof(type));
        return new ResourceKind(kind.Group, kind.Version, kind.Plural, kind.Kind ?? t.Name, kind.Namespaced);
    });

    /// <summary>
    /// Path of the collection, or of one object and its subresource. A null or empty namespace gives the collection of
    /// all namespaces.
    /// </summary>
    public string Path(string? ns, string? name = null, string? subresource = null)
    {
        var path = Group.Length == 0 ? "/api/" + Version : "/apis/" + Group + "/" + Version;
        if (Namespaced && !string.IsNullOrEmpty(ns))
        {
            path += "/namespaces/" + Uri.EscapeDataString(ns);
        }

        path += "/" + Plural;
        if (name is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            path += "/" + Uri.EscapeDataString(name);
        }

        return subresource is null ? path : path + "/" + subresource;
    }

    public override string ToString() => Plural + "." + Version + "." + Group;
}
