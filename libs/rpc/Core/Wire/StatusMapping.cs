using System.Globalization;
using Grpc.Core;

namespace Kube.Rpc.Wire;

/// <summary>Statuses from what is not a gRPC status.</summary>
internal static class StatusMapping
{
    /// <summary>The code for an HTTP status without <c>grpc-status</c> (gRPC "HTTP to gRPC Status Code Mapping").</summary>
    public static StatusCode FromHttp(int httpStatus) => httpStatus switch
    {
        400 => StatusCode.Internal,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.Unimplemented,
        429 or 502 or 503 or 504 => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>The code for an HTTP/2 error code with which a stream or connection was ended (gRPC over HTTP/2, "Errors").</summary>
    public static StatusCode FromHttp2Error(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    /// <summary>A <c>grpc-status</c> value; one that is no known code is UNKNOWN.</summary>
    public static StatusCode ParseCode(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 0 and <= 16
            ? (StatusCode)code
            : StatusCode.Unknown;

    /// <summary>The <c>grpc-status</c> value of a code.</summary>
    public static string Format(StatusCode code) => (int)code switch
    {
        0 => "0",
        var other => other.ToString(CultureInfo.InvariantCulture),
    };
}
