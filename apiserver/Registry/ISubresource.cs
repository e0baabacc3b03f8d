using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Registry;

/// <summary>
/// A way into an object beside the object itself. One of the interfaces below says which kind of way.
/// Implementations are thread-safe.
/// </summary>
public interface ISubresource
{
    /// <summary>Kind of the bodies: the object's own for status and its like.</summary>
    GroupVersionKind Kind { get; }

    /// <summary>Kubernetes' verbs that it serves.</summary>
    IReadOnlyList<string> Verbs { get; }
}

/// <summary>A subresource that reads and writes the whole object, but lets only a part of it change: status, approval.</summary>
public interface IObjectSubresource : ISubresource
{
    /// <summary>Takes out of an update what this way may not change.</summary>
    void PrepareForUpdate(JsonObject obj, JsonObject old);
}

/// <summary>A subresource that shows a part of the object under a kind of its own: scale.</summary>
public interface IProjectedSubresource : ISubresource
{
    /// <summary>The part, metadata included.</summary>
    JsonObject Project(JsonObject obj);

    /// <summary>Writes a changed part into the object.</summary>
    void Apply(JsonObject obj, JsonObject part);
}

/// <summary>A subresource that takes a POST and does something: binding, eviction, token.</summary>
public interface ICreateSubresource : ISubresource
{
    /// <summary>Does it, and returns the answer's object (a Status or an object of <see cref="ISubresource.Kind"/>).</summary>
    Task<JsonObject> CreateAsync(WriteContext context, ResourceStore store, string ns, string name, JsonObject body, CancellationToken cancellationToken);
}

/// <summary>A subresource that takes the HTTP exchange over: logs, exec, proxy.</summary>
public interface IConnectSubresource : ISubresource
{
    /// <summary>
    /// The options of a connection, an object of <see cref="ISubresource.Kind"/> from its path and query, which admission gets to see;
    /// null for what is only read (logs).
    /// </summary>
    JsonObject? OptionsOf(HttpContext http, RequestInfo request);

    Task ConnectAsync(HttpContext http, RequestInfo request, UserInfo user, ResourceStore store, CancellationToken cancellationToken);
}

/// <summary>
/// A resource that the store doesn't keep: a question that a POST asks and its answer answers (token and access
/// reviews). Thread-safe.
/// </summary>
public interface IReviewResource
{
    Task<JsonObject> CreateAsync(WriteContext context, string ns, JsonObject review, CancellationToken cancellationToken);
}
