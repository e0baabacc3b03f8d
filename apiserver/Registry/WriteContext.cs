using Kube.ApiServer.Auth;

namespace Kube.ApiServer.Registry;

/// <summary>What a write needs to know of the request behind it. For one thread at a time.</summary>
public sealed record WriteContext
{
    public required UserInfo User { get; init; }

    /// <summary>True when everything is done but the write.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who is recorded in managedFields; the API server itself unless said otherwise.</summary>
    public string FieldManager { get; init; } = "kube-apiserver";

    /// <summary>True for a server-side apply, which keeps managedFields itself.</summary>
    public bool IsApply { get; init; }

    /// <summary>The subresource written through; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The client's options object, for admission.</summary>
    public System.Text.Json.Nodes.JsonObject? Options { get; init; }

    /// <summary>Texts that the client gets as Warning headers.</summary>
    public IList<string> Warnings { get; init; } = [];

    /// <summary>Annotations of the request's audit event.</summary>
    public IDictionary<string, string> AuditAnnotations { get; init; } = new Dictionary<string, string>();
}
