using System.Buffers;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kube.Api.Errors;
using Kube.Api.Serialization;

namespace Kube.ApiServer.Rpc;

/// <summary>Kubernetes' Status errors as gRPC errors. Pure.</summary>
internal static class RpcErrors
{
    /// <summary>Where gRPC's tools look for a google.rpc.Status.</summary>
    public const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>
    /// Text and details together stay below the 8 KiB of headers that gRPC's C implementation takes, with room for the
    /// other trailers; in base64 the details are a third longer.
    /// </summary>
    private const int MaxMessageSizeBytes = 1024;

    private const int MaxDetailsSizeBytes = 4_608;

    /// <summary>The gRPC code for a Status.</summary>
    public static StatusCode CodeOf(KubeStatus status) => (status.Code, status.Reason) switch
    {
        (409, "AlreadyExists") => StatusCode.AlreadyExists,
        (500, "ServerTimeout") => StatusCode.Unavailable,
        (400 or 422, _) => StatusCode.InvalidArgument,
        (401, _) => StatusCode.Unauthenticated,
        (403, _) => StatusCode.PermissionDenied,
        (404, _) => StatusCode.NotFound,
        (405 or 406 or 415 or 501, _) => StatusCode.Unimplemented,
        (409, _) => StatusCode.Aborted,
        (410, _) => StatusCode.OutOfRange,
        (413 or 429, _) => StatusCode.ResourceExhausted,
        (503, _) => StatusCode.Unavailable,
        (504, _) => StatusCode.DeadlineExceeded,
        ( >= 400 and < 500, _) => StatusCode.FailedPrecondition,
        _ => StatusCode.Internal,
    };

    /// <summary>The error that carries a Status, whole as far as trailers may be long.</summary>
    public static RpcException Of(KubeStatus status)
    {
        var code = CodeOf(status);
        var message = Shorten(status.Message);
        var details = Details(code, message, status);
        for (var kept = status.Causes.Count - 1; details.Length > MaxDetailsSizeBytes && kept >= -1; kept = kept > 8 ? kept * 3 / 4 : kept - 1)
        {
            details = Details(code, message, Reduce(status, Math.Max(0, kept)) with { Message = message });
        }

        var trailers = new Metadata();
        if (details.Length <= MaxDetailsSizeBytes)
        {
            trailers.Add(DetailsTrailer, details);
        }

        return new RpcException(new Status(code, message), trailers);
    }

    /// <summary>The error for a request that never became a REST request.</summary>
    public static RpcException Invalid(string message) => Of(KubeStatus.BadRequest(message));

    private static KubeStatus Reduce(KubeStatus status, int kept)
    {
        var left = status.Causes.Count - kept;
        return left == 0 ? status : status with
        {
            Causes = [.. status.Causes.Take(kept), new StatusCause(null, $"{left} more causes", null)],
        };
    }

    private static byte[] Details(StatusCode code, string message, KubeStatus status)
    {
        var json = new ReadOnlySequence<byte>(JsonTree.ToBytes(status.ToJson()));
        return new Google.Rpc.Status { Code = (int)code, Message = message, Details = { Any.Pack(StructReader.ReadObject(json)) } }.ToByteArray();
    }

    private static string Shorten(string message)
    {
        if (Encoding.UTF8.GetByteCount(message) <= MaxMessageSizeBytes)
        {
            return message;
        }

        var kept = new StringBuilder();
        var size = 0;
        foreach (var rune in message.EnumerateRunes())
        {
            size += rune.Utf8SequenceLength;
            if (size > MaxMessageSizeBytes - 3)
            {
                break;
            }

            kept.Append(rune.ToString());
        }

        return kept.Append("...").ToString();
    }
}
