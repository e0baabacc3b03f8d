using System.Net;
using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>
/// The API server refused a request. Carries the metav1.Status it answered with; when the answer held none, the
/// reason follows from the HTTP code and the message is the answer's text.
/// </summary>
public sealed class KubeApiException : Exception
{
    public KubeApiException(Status status)
        : base(status.Message is { Length: > 0 } message ? message : $"the server answered {status.Code} {status.Reason}")
    {
        Status = status;
    }

    /// <summary>The server's answer.</summary>
    public Status Status { get; }

    /// <summary>HTTP status code.</summary>
    public int Code => Status.Code;

    /// <summary>Machine-readable reason, such as NotFound; empty when unknown.</summary>
    public string Reason => Status.Reason ?? "";

    /// <summary>How long the server asks to wait before the next try; null when it does not say.</summary>
    public TimeSpan? RetryAfter =>
        Status.Details?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    public bool IsNotFound => Reason == "NotFound" || (Reason.Length == 0 && Code == 404);

    /// <summary>An object of this name exists already.</summary>
    public bool IsAlreadyExists => Reason == "AlreadyExists";

    /// <summary>The object has changed since it was read.</summary>
    public bool IsConflict => Reason == "Conflict" || (Reason.Length == 0 && Code == 409);

    /// <summary>The resource version or continue token asked for is no longer kept: list again.</summary>
    public bool IsGone => Reason is "Expired" or "Gone" || (Reason.Length == 0 && Code == 410);

    public bool IsInvalid => Reason == "Invalid" || (Reason.Length == 0 && Code == 422);

    public bool IsForbidden => Reason == "Forbidden" || (Reason.Length == 0 && Code == 403);

    public bool IsUnauthorized => Reason == "Unauthorized" || (Reason.Length == 0 && Code == 401);

    public bool IsTooManyRequests => Reason == "TooManyRequests" || (Reason.Length == 0 && Code == 429);

    public bool IsTimeout => Reason is "Timeout" or "ServerTimeout";

    public bool IsMethodNotSupported => Reason == "MethodNotAllowed" || (Reason.Length == 0 && Code == 405);

    /// <summary>True when the error is that the namespace is being deleted and takes no new object.</summary>
    public bool IsNamespaceTerminating =>
        IsForbidden && Status.Details?.Causes?.Any(static cause => cause.Reason == "NamespaceTerminating") == true;

    internal static KubeApiException FromResponse(HttpStatusCode code, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        var status = TryReadStatus(body) ?? new Status
        {
            Message = body.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, 2048)]).Trim(),
            Reason = ReasonOf((int)code),
        };
        status.Code = status.Code == 0 ? (int)code : status.Code;
        if (retryAfter is { } wait && (status.Details is null || status.Details.RetryAfterSeconds == 0))
        {
            status.Details ??= new StatusDetails();
            status.Details.RetryAfterSeconds = (int)Math.Ceiling(wait.TotalSeconds);
        }

        return new KubeApiException(status);
    }

    private static Status? TryReadStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            var status = body.IsEmpty ? null : KubeJson.Deserialize<Status>(body);
            return status is { Kind: "Status" } ? status : null;
        }
        catch (JsonException)
        {
            return null; // not an answer of the API server proper: the caller falls back to the HTTP code
        }
    }

    private static string ReasonOf(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        409 => "Conflict",
        410 => "Gone",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "Unknown",
    };
}
