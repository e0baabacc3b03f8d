using System.Text;
using Kube.Api.Patch;
using Kube.Api.Serialization;
using Kube.Api.Validation;

namespace Kube.Api.Errors;

/// <content>The failures that the API knows, with Kubernetes' codes, reasons and texts.</content>
public sealed partial record KubeStatus
{
    private const string StaleObject = "the object has been modified; please apply your changes to the latest version and try again";

    /// <summary>404. The resource is the plural name.</summary>
    public static KubeStatus NotFound(string group, string resource, string name) =>
        Of(404, "NotFound", $"{Qualify(group, resource)} {GoText.Quote(name)} not found", group, resource, name);

    /// <summary>404 for a path that nothing serves.</summary>
    public static KubeStatus NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    /// <summary>409.</summary>
    public static KubeStatus AlreadyExists(string group, string resource, string name) =>
        Of(409, "AlreadyExists", $"{Qualify(group, resource)} {GoText.Quote(name)} already exists", group, resource, name);

    /// <summary>409: no free name was found for a generateName.</summary>
    public static KubeStatus GenerateNameConflict(string group, string resource, string name, int retryAfterSeconds) =>
        Of(409, "AlreadyExists", $"{Qualify(group, resource)} {GoText.Quote(name)} already exists, the server was not able to generate a unique name for the object", group, resource, name)
            with
        { RetryAfterSeconds = retryAfterSeconds };

    /// <summary>401.</summary>
    public static KubeStatus Unauthorized(string message = "Unauthorized") => new(401, "Unauthorized", message) { HasDetails = false };

    /// <summary>403; <paramref name="why"/> follows "is forbidden: ".</summary>
    public static KubeStatus Forbidden(string group, string resource, string name, string why)
    {
        var message = group.Length == 0 && resource.Length == 0 ? $"forbidden: {why}"
            : name.Length == 0 ? $"{Qualify(group, resource)} is forbidden: {why}"
            : $"{Qualify(group, resource)} {GoText.Quote(name)} is forbidden: {why}";
        return Of(403, "Forbidden", message, group, resource, name);
    }

    /// <summary>409; without a reason of its own, the object was changed since it was read.</summary>
    public static KubeStatus Conflict(string group, string resource, string name, string why = StaleObject) =>
        Of(409, "Conflict", $"Operation cannot be fulfilled on {Qualify(group, resource)} {GoText.Quote(name)}: {why}", group, resource, name);

    /// <summary>409 of server-side apply, with one cause per field that another manager owns.</summary>
    public static KubeStatus ApplyConflict(string message, IReadOnlyList<StatusCause> causes) => new(409, "Conflict", message) { Causes = causes };

    /// <summary>409 of server-side apply.</summary>
    public static KubeStatus OfApply(ApplyConflictException e) =>
        ApplyConflict(e.Message, [.. e.Conflicts.Select(c => new StatusCause("FieldManagerConflict", "conflict with " + c.Manager, c.Field))]);

    /// <summary>410: a watch or a continue token is too old.</summary>
    public static KubeStatus Expired(string message = "The resourceVersion for the provided watch is too old.") =>
        new(410, "Expired", message) { HasDetails = false };

    /// <summary>410 for a watch that began at a compacted revision.</summary>
    /// <param name="requested">The revision asked for.</param>
    /// <param name="oldest">The oldest revision still known.</param>
    public static KubeStatus TooOldResourceVersion(long requested, long oldest) => Expired($"too old resource version: {requested} ({oldest})");

    /// <summary>410 without a way on.</summary>
    public static KubeStatus Gone(string message) => new(410, "Gone", message) { HasDetails = false };

    /// <summary>422 with a cause per fault. Kubernetes names the kind here, not the resource.</summary>
    public static KubeStatus Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        var message = $"{Qualify(group, kind)} {GoText.Quote(name)} is invalid";
        if (errors.Count > 0)
        {
            message += ": " + FieldError.Aggregate(errors);
        }

        return Of(422, "Invalid", message, group, kind, name) with
        {
            Causes = [.. errors.Select(e => new StatusCause(e.Reason, e.Body, e.Field))],
        };
    }

    /// <summary>400.</summary>
    public static KubeStatus BadRequest(string message) => new(400, "BadRequest", message) { HasDetails = false };

    /// <summary>429.</summary>
    public static KubeStatus TooManyRequests(string message, int retryAfterSeconds) =>
        new(429, "TooManyRequests", message) { RetryAfterSeconds = retryAfterSeconds };

    /// <summary>503.</summary>
    public static KubeStatus ServiceUnavailable(string message) => new(503, "ServiceUnavailable", message) { HasDetails = false };

    /// <summary>405: a verb that the resource does not serve.</summary>
    public static KubeStatus MethodNotSupported(string group, string resource, string action) =>
        Of(405, "MethodNotAllowed", $"{action} is not supported on resources of kind {GoText.Quote(Qualify(group, resource))}", group, resource, null);

    /// <summary>405 for an HTTP method.</summary>
    public static KubeStatus MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    /// <summary>406: no format of ours suits the Accept header.</summary>
    public static KubeStatus NotAcceptable(IReadOnlyList<string> supported) =>
        new(406, "NotAcceptable", $"only the following media types are accepted: {string.Join(", ", supported)}") { HasDetails = false };

    /// <summary>415: a body of a type that is not read here.</summary>
    public static KubeStatus UnsupportedMediaType(IReadOnlyList<string> supported) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", supported)}") { HasDetails = false };

    /// <summary>413.</summary>
    public static KubeStatus RequestEntityTooLarge(string message) =>
        new(413, "RequestEntityTooLarge", "Request entity too large: " + message) { HasDetails = false };

    /// <summary>500: the operation may succeed when tried again.</summary>
    public static KubeStatus ServerTimeout(string group, string resource, string operation, int retryAfterSeconds) =>
        Of(500, "ServerTimeout", $"The {operation} operation against {Qualify(group, resource)} could not be completed at this time, please try again.", group, resource, operation)
            with
        { RetryAfterSeconds = retryAfterSeconds };

    /// <summary>504.</summary>
    public static KubeStatus Timeout(string message, int retryAfterSeconds = 0) =>
        new(504, "Timeout", "Timeout: " + message) { RetryAfterSeconds = retryAfterSeconds };

    /// <summary>500.</summary>
    public static KubeStatus InternalError(string message) =>
        new(500, "InternalError", "Internal error occurred: " + message) { Causes = [new StatusCause(null, message, null)] };

    /// <summary>What a failed patch answers with.</summary>
    public static KubeStatus OfPatch(PatchException e, string group, string resource, string name) => e.Failure switch
    {
        PatchFailure.BadRequest => BadRequest(e.Message),
        PatchFailure.Conflict => Conflict(group, resource, name, e.Message),
        PatchFailure.TooLarge => RequestEntityTooLarge(e.Message),
        PatchFailure.Internal => InternalError(e.Message),
        _ => new KubeStatus(422, "Invalid", "the server rejected our request due to an error in our request"),
    };

    /// <summary>400 for a body that cannot be decoded into <paramref name="expectedKind"/>.</summary>
    public static KubeStatus OfDecode(DecodeException e, string expectedKind, ReadOnlySpan<byte> body)
    {
        if (!string.IsNullOrEmpty(e.Kind))
        {
            var version = e.ApiVersion?[(e.ApiVersion.LastIndexOf('/') + 1)..] ?? "";
            return BadRequest($"{e.Kind} in version {GoText.Quote(version)} cannot be handled as a {expectedKind}: {e.Message}");
        }

        return BadRequest($"the object provided is unrecognized (must be of type {expectedKind}): {e.Message} ({Summary(body)})");
    }

    /// <summary>The first bytes of a body: as hex when they are not text.</summary>
    private static string Summary(ReadOnlySpan<byte> body)
    {
        const int maximum = 30;
        if (body.IsEmpty)
        {
            return "<empty>";
        }

        if (body[0] is not ((byte)'{' or (byte)'[' or (byte)'"' or (byte)' ') && body.IndexOfAnyInRange<byte>(0, 8) >= 0)
        {
            return body.Length > maximum
                ? Convert.ToHexStringLower(body[..maximum]) + " ..."
                : Convert.ToHexStringLower(body);
        }

        return body.Length > maximum ? GoText.Quote(Encoding.UTF8.GetString(body[..maximum])) + " ..." : GoText.Quote(Encoding.UTF8.GetString(body));
    }

    private static KubeStatus Of(int code, string reason, string message, string group, string kind, string? name) =>
        new(code, reason, message) { Group = group, Kind = kind, Name = name };

    /// <summary>"pods" or "deployments.apps".</summary>
    private static string Qualify(string group, string resource) => group.Length == 0 ? resource : resource + "." + group;
}
