using Kube.Api.Schema;

namespace Kube.Api.OpenApi;

/// <summary>One operation on a path.</summary>
/// <param name="Path">With a slash at the front and names in braces.</param>
/// <param name="Method">get, put, post, delete or patch.</param>
/// <param name="Action">x-kubernetes-action: list, get, post, put, patch, delete, deletecollection.</param>
/// <param name="Id">The operation's id, unique in a document.</param>
/// <param name="Kind">The kind it concerns.</param>
/// <param name="Answer">What it answers with.</param>
/// <param name="Body">What it takes; null for nothing, or for a patch.</param>
internal sealed record ApiOperation(
    string Path, string Method, string Action, string Id, GroupVersionKind Kind, ObjectSchema Answer, ObjectSchema? Body);

/// <summary>A parameter in the query or path.</summary>
internal sealed record ApiParameter(string Name, string In, string Type, string Description);

/// <summary>The operations that the API serves on a kind.</summary>
internal static class ApiOperations
{
    internal static readonly ApiParameter Pretty = new("pretty", "query", "string", "If 'true', the answer is indented.");

    private static readonly ApiParameter DryRun = new("dryRun", "query", "string", "With All, everything is done but the storing.");
    private static readonly ApiParameter FieldManager = new("fieldManager", "query", "string", "Names who makes the change.");
    private static readonly ApiParameter FieldValidation = new("fieldValidation", "query", "string", "What becomes of unknown and duplicate fields: Ignore, Warn or Strict.");
    private static readonly ApiParameter Force = new("force", "query", "boolean", "Takes over fields that others own, when applying.");

    private static readonly ApiParameter[] ListParameters =
    [
        new("allowWatchBookmarks", "query", "boolean", "Asks a watch for events of type BOOKMARK."),
        new("continue", "query", "string", "Goes on with a list where the last page ended."),
        new("fieldSelector", "query", "string", "Restricts the objects by their fields."),
        new("labelSelector", "query", "string", "Restricts the objects by their labels."),
        new("limit", "query", "integer", "Most objects to answer with."),
        new("resourceVersion", "query", "string", "How fresh the answer must be."),
        new("resourceVersionMatch", "query", "string", "How resourceVersion is meant."),
        new("sendInitialEvents", "query", "boolean", "Begins a watch with the objects there are."),
        new("timeoutSeconds", "query", "integer", "Ends the call after this time."),
        new("watch", "query", "boolean", "Follows the changes rather than answering once."),
    ];

    private static readonly ApiParameter[] DeleteParameters =
    [
        DryRun,
        new("gracePeriodSeconds", "query", "integer", "Time to give the object before it goes."),
        new("orphanDependents", "query", "boolean", "Superseded by propagationPolicy."),
        new("propagationPolicy", "query", "string", "What becomes of dependents: Orphan, Background or Foreground."),
    ];

    internal static IReadOnlyList<ApiParameter> ParametersOf(ApiOperation operation) => operation.Action switch
    {
        "list" => ListParameters,
        "deletecollection" => [.. ListParameters.Where(p => p.Name is not ("allowWatchBookmarks" or "watch")), .. DeleteParameters],
        "post" or "put" => [DryRun, FieldManager, FieldValidation],
        "patch" => [DryRun, FieldManager, FieldValidation, Force],
        "delete" => DeleteParameters,
        _ => [],
    };

    /// <summary>The parameters of a path itself: the names in braces.</summary>
    internal static IEnumerable<ApiParameter> PathParameters(string path)
    {
        if (path.Contains("{name}", StringComparison.Ordinal))
        {
            yield return new ApiParameter("name", "path", "string", "Name of the object.");
        }

        if (path.Contains("{namespace}", StringComparison.Ordinal))
        {
            yield return new ApiParameter("namespace", "path", "string", "Namespace of the object.");
        }

        yield return Pretty;
    }

    internal static IEnumerable<ApiOperation> Of(KindInfo kind, KindCatalog catalog)
    {
        var root = "/" + OpenApiNames.PathOf(kind.Group, kind.Version);
        var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        var scope = kind.Namespaced ? "Namespaced" : "";
        var tag = OpenApiNames.Tag(kind.Group, kind.Version, camel: true);
        var status = catalog.FindSchema("v1", "Status")!;
        var options = catalog.FindSchema("v1", "DeleteOptions")!;
        if (kind.Verbs.Contains("list"))
        {
            yield return Make(collection, "get", "list", $"list{tag}{scope}{kind.Kind}", kind.ListSchema, null);
            if (kind.Namespaced)
            {
                yield return Make($"{root}/{kind.Plural}", "get", "list", $"list{tag}{kind.Kind}ForAllNamespaces", kind.ListSchema, null);
            }
        }

        if (kind.Verbs.Contains("create"))
        {
            yield return Make(collection, "post", "post", $"create{tag}{scope}{kind.Kind}", kind.Schema, kind.Schema);
        }

        if (kind.Verbs.Contains("deletecollection"))
        {
            yield return Make(collection, "delete", "deletecollection", $"delete{tag}Collection{scope}{kind.Kind}", status, options);
        }

        foreach (var operation in OfOne(collection + "/{name}", kind, kind.Schema, $"{tag}{scope}{kind.Kind}", ""))
        {
            yield return operation;
        }

        if (kind.Verbs.Contains("delete"))
        {
            yield return Make(collection + "/{name}", "delete", "delete", $"delete{tag}{scope}{kind.Kind}", status, options);
        }

        if (kind.Subresources.Contains("status"))
        {
            foreach (var operation in OfOne(collection + "/{name}/status", kind, kind.Schema, $"{tag}{scope}{kind.Kind}", "Status"))
            {
                yield return operation;
            }
        }

        if (kind.Subresources.Contains("scale") && catalog.FindSchema("autoscaling/v1", "Scale") is { } scale)
        {
            foreach (var operation in OfOne(collection + "/{name}/scale", kind, scale, $"{tag}{scope}{kind.Kind}", "Scale"))
            {
                yield return operation with { Kind = new GroupVersionKind("autoscaling", "v1", "Scale") };
            }
        }

        ApiOperation Make(string path, string method, string action, string id, ObjectSchema answer, ObjectSchema? body) =>
            new(path, method, action, id, kind.GroupVersionKind, answer, body);
    }

    private static IEnumerable<ApiOperation> OfOne(string path, KindInfo kind, ObjectSchema schema, string name, string suffix)
    {
        if (kind.Verbs.Contains("get"))
        {
            yield return new(path, "get", "get", $"read{name}{suffix}", kind.GroupVersionKind, schema, null);
        }

        if (kind.Verbs.Contains("update"))
        {
            yield return new(path, "put", "put", $"replace{name}{suffix}", kind.GroupVersionKind, schema, schema);
        }

        if (kind.Verbs.Contains("patch"))
        {
            yield return new(path, "patch", "patch", $"patch{name}{suffix}", kind.GroupVersionKind, schema, null);
        }
    }
}
