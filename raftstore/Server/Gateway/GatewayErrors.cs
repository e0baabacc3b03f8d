using Grpc.Core;

namespace Kube.RaftStore.Server.Gateway;

/// <summary>gRPC's codes in HTTP, as the gateway of etcd 3.5 (grpc-gateway 1.16) maps them.</summary>
internal static class GatewayErrors
{
    public static int StatusOf(StatusCode code) => code switch
    {
        StatusCode.OK => 200,
        StatusCode.Cancelled => 408,
        StatusCode.InvalidArgument or StatusCode.OutOfRange or StatusCode.FailedPrecondition => 400,
        StatusCode.DeadlineExceeded => 504,
        StatusCode.NotFound => 404,
        StatusCode.AlreadyExists or StatusCode.Aborted => 409,
        StatusCode.PermissionDenied => 403,
        StatusCode.Unauthenticated => 401,
        StatusCode.ResourceExhausted => 429,
        StatusCode.Unimplemented => 501,
        StatusCode.Unavailable => 503,
        _ => 500,
    };

    /// <summary>The answer to a call that failed.</summary>
    public static byte[] Format(Status status) => ProtoJson.Format(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", status.Detail);
        writer.WriteString("message", status.Detail);
        writer.WriteNumber("code", (int)status.StatusCode);
        writer.WriteEndObject();
    });

    /// <summary>The last line of a stream that failed after it had begun.</summary>
    public static byte[] FormatInStream(Status status) => ProtoJson.Format(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteNumber("grpc_code", (int)status.StatusCode);
        writer.WriteNumber("http_code", StatusOf(status.StatusCode));
        writer.WriteString("message", status.Detail);
        writer.WriteString("http_status", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(StatusOf(status.StatusCode)));
        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}
