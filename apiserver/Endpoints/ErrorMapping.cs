using System.Text.Json;
using Kube.Api.Errors;
using Kube.Api.Patch;
using Kube.Api.Selectors;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Requests;
using Kube.ApiServer.Storage.WatchCache;
using Kube.ApiServer.Storage;
using Microsoft.AspNetCore.Http;

namespace Kube.ApiServer.Endpoints;

/// <summary>What an exception means to a client. Pure.</summary>
internal static class ErrorMapping
{
    /// <summary>The Status of an exception; null when it is a fault of ours that the log must show.</summary>
    public static KubeStatus? StatusOf(Exception exception, RequestInfo request) => exception switch
    {
        KubeStatusException known => known.Status,
        DecodeException decode => KubeStatus.BadRequest(decode.Message),
        PatchException patch => KubeStatus.OfPatch(patch, request.Group, request.Resource, request.Name),
        SelectorException selector => ApiErrors.BadRequest(selector.Message).Status,
        ResourceVersionTooOldException tooOld => ApiErrors.Expired(tooOld.Message).Status,
        StorageCompactedException => ApiErrors.Expired("The resourceVersion for the provided list is too old.").Status,
        StorageUnavailableException { OutcomeUnknown: true } =>
            ApiErrors.Timeout("the store did not confirm the write in time; it may or may not have happened").Status,
        StorageUnavailableException unavailable => ApiErrors.ServiceUnavailable(unavailable.Message).Status,
        BadHttpRequestException { StatusCode: 413 } => ApiErrors.EntityTooLarge(DecodeLimits.MaxBodySizeBytes).Status,
        BadHttpRequestException { StatusCode: 408 } slow => new KubeStatus(408, "Timeout", slow.Message),
        BadHttpRequestException bad => ApiErrors.BadRequest(bad.Message).Status,
        JsonException json => ApiErrors.BadRequest(json.Message).Status,
        _ => null,
    };

    /// <summary>The Status of a fault of ours.</summary>
    public static KubeStatus Fault() =>
        new(500, "InternalError", "This request caused apiserver to panic. Look in the logs for details.");
}
