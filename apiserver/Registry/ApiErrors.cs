using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Validation;

namespace Kube.ApiServer.Registry;

/// <summary>The errors that the API answers with, in Kubernetes' words: each a Status that a client can act on.</summary>
internal static class ApiErrors
{
    public static KubeStatusException NotFound(ResourceDefinition resource, string name) =>
        new(KubeStatus.NotFound(resource.Group, resource.Info.Plural, name));

    /// <summary>A path that nothing is served under.</summary>
    public static KubeStatusException PathNotFound() => new(KubeStatus.NoSuchPath());

    public static KubeStatusException AlreadyExists(ResourceDefinition resource, string name) =>
        new(KubeStatus.AlreadyExists(resource.Group, resource.Info.Plural, name));

    public static KubeStatusException Conflict(ResourceDefinition resource, string name, string message) =>
        new(KubeStatus.Conflict(resource.Group, resource.Info.Plural, name, message));

    public static KubeStatusException Conflict(string resource, string name, string message) =>
        new(KubeStatus.Conflict("", resource, name, message));

    public static KubeStatusException BindingConflict(ResourceDefinition resource, string name, string message) =>
        new(KubeStatus.Conflict(resource.Group, resource.Info.Plural + "/binding", name, message));

    public static KubeStatusException BadRequest(string message) => new(KubeStatus.BadRequest(message));

    public static KubeStatusException InternalError(string message) => new(KubeStatus.InternalError(message));

    public static KubeStatusException Unauthorized() => new(KubeStatus.Unauthorized());

    public static KubeStatusException MethodNotSupported() => new(KubeStatus.MethodNotAllowed());

    public static KubeStatusException NotAcceptable(IReadOnlyList<string> supported) => new(KubeStatus.NotAcceptable(supported));

    public static KubeStatusException UnsupportedMediaType(IReadOnlyList<string> supported) => new(KubeStatus.UnsupportedMediaType(supported));

    public static KubeStatusException EntityTooLarge(long limitBytes) => new(KubeStatus.RequestEntityTooLarge($"limit is {limitBytes}"));

    public static KubeStatusException ServiceUnavailable(string message) => new(KubeStatus.ServiceUnavailable(message));

    public static KubeStatusException Timeout(string message) => new(KubeStatus.Timeout(message));

    /// <summary>A revision that has not been reached in the time that was waited for it.</summary>
    public static KubeStatusException TooLargeResourceVersion(long asked, long current)
    {
        var message = $"Too large resource version: {asked}, current: {current}";
        return new(KubeStatus.Timeout(message, 1) with { Causes = [new StatusCause("ResourceVersionTooLarge", message, null)] });
    }

    public static KubeStatusException Expired(string message) => new(KubeStatus.Expired(message));

    /// <summary>An expired page, with the token that goes on from there in the newest state.</summary>
    public static KubeStatusException ExpiredContinue(string message, string continueToken) => new(KubeStatus.Expired(message) with { Continue = continueToken });

    public static KubeStatusException TooManyRequests(string message, int retryAfterSeconds) => new(KubeStatus.TooManyRequests(message, retryAfterSeconds));

    public static KubeStatusException Forbidden(string group, string resource, string name, string why) => new(KubeStatus.Forbidden(group, resource, name, why));

    /// <summary>An eviction that a disruption budget forbids.</summary>
    public static KubeStatusException EvictionForbidden(string explanation, int retryAfterSeconds) =>
        new(KubeStatus.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds) with
        {
            Causes = [new StatusCause("DisruptionBudget", explanation, null)],
        });

    public static KubeStatusException Invalid(ResourceDefinition resource, string name, IReadOnlyList<FieldError> errors) =>
        Invalid(resource.Info.Kind, resource.Group, name, errors);

    public static KubeStatusException Invalid(string kind, string group, string name, IReadOnlyList<FieldError> errors) =>
        new(KubeStatus.Invalid(group, kind, name, errors));

    public static FieldError MissingResourceVersion() => FieldError.InvalidShown("metadata.resourceVersion", "0x0", "must be specified for an update");

    public static KubeStatusException InvalidResourceVersion(ResourceDefinition resource, string name, string version) =>
        Invalid(resource, name, [FieldError.Invalid("metadata.resourceVersion", JsonValue.Create(version), $"strconv.ParseUint: parsing \"{version}\": invalid syntax")]);

    public static KubeStatusException InvalidService(string claimant, string field, string detail, JsonNode value) =>
        Invalid("Service", "", claimant[(claimant.IndexOf('/') + 1)..], [FieldError.Invalid(field, value, detail)]);

    public static KubeStatusException InvalidBinding(string pod, bool missingName) =>
        Invalid("Binding", "", pod, [missingName
            ? FieldError.Required("target.name", "")
            : FieldError.NotSupported("target.kind", JsonValue.Create(""), ["Node", "<empty>"])]);

    /// <summary>Refuses delete options that contradict themselves.</summary>
    public static void CheckDeleteOptions(DeleteRequest request)
    {
        if (request.PropagationPolicy is not null && request.OrphanDependents is not null)
        {
            throw Invalid("DeleteOptions", "", "", [FieldError.Invalid("propagationPolicy", JsonValue.Create(request.PropagationPolicy), "orphanDependents and deletionPropagation cannot be both set")]);
        }

        if (request.PropagationPolicy is not (null or "Orphan" or "Background" or "Foreground"))
        {
            throw Invalid("DeleteOptions", "", "", [FieldError.NotSupported("propagationPolicy", JsonValue.Create(request.PropagationPolicy), ["Foreground", "Background", "Orphan", "nil"])]);
        }
    }

    /// <summary>A Status that says it worked.</summary>
    public static JsonObject Success(int code)
    {
        var status = KubeStatus.SuccessJson(null, null, null, null);
        status["code"] = code;
        return status;
    }
}
