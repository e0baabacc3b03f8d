using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry;

/// <summary>DeleteOptions as the registry uses them.</summary>
public sealed record DeleteRequest
{
    /// <summary>Null when the client left it to the resource.</summary>
    public long? GracePeriodSeconds { get; init; }

    public string? PreconditionUid { get; init; }

    public string? PreconditionResourceVersion { get; init; }

    /// <summary>Orphan, Background, Foreground; null when not given.</summary>
    public string? PropagationPolicy { get; init; }

    public bool? OrphanDependents { get; init; }

    /// <summary>Reads a decoded DeleteOptions object.</summary>
    public static DeleteRequest FromObject(JsonObject options)
    {
        var preconditions = options["preconditions"] as JsonObject;
        return new DeleteRequest
        {
            GracePeriodSeconds = ObjectAccessor.Number(options, "gracePeriodSeconds"),
            PreconditionUid = NullIfEmpty(ObjectAccessor.Text(preconditions, "uid")),
            PreconditionResourceVersion = NullIfEmpty(ObjectAccessor.Text(preconditions, "resourceVersion")),
            PropagationPolicy = NullIfEmpty(ObjectAccessor.Text(options, "propagationPolicy")),
            OrphanDependents = ObjectAccessor.Flag(options, "orphanDependents"),
        };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
