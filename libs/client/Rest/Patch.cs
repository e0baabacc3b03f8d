using System.Text;
using System.Text.Json.Nodes;

namespace Kube.Client.Rest;

/// <summary>A patch in one of the four forms that the API server takes.</summary>
public sealed record Patch
{
    private Patch(string contentType, byte[] body)
    {
        ContentType = contentType;
        Body = body;
    }

    internal string ContentType { get; }

    internal byte[] Body { get; }

    /// <summary>Who owns the fields; the client's user agent when null. Needed by <see cref="Apply"/>.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Take fields from other managers; only for <see cref="Apply"/>.</summary>
    public bool Force { get; init; }

    /// <summary>RFC 6902: a list of operations.</summary>
    public static Patch Json(JsonArray operations) => new("application/json-patch+json", Bytes(operations));

    /// <summary>RFC 7386: members replace members, null removes.</summary>
    public static Patch Merge(JsonObject patch) => new("application/merge-patch+json", Bytes(patch));

    /// <summary>Kubernetes' merge by list keys; built-in types only.</summary>
    public static Patch Strategic(JsonObject patch) => new("application/strategic-merge-patch+json", Bytes(patch));

    /// <summary>Server-side apply (KEP-555): the fields that the manager wants to own, and their values.</summary>
    public static Patch Apply(JsonObject applied, string fieldManager, bool force = false) =>
        new("application/apply-patch+yaml", Bytes(applied)) { FieldManager = fieldManager, Force = force };

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}
