using Grpc.Core;

namespace Kube.ApiServer.Storage.Etcd;

/// <summary>What a failed call on a member means. Pure.</summary>
internal static class EtcdErrors
{
    /// <summary>True when another member, or the same one later, may do better.</summary>
    public static bool IsTransient(RpcException exception) => exception.Status.DebugException is not null || exception.StatusCode
        is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Unknown or StatusCode.Internal or StatusCode.Cancelled
        || (exception.StatusCode == StatusCode.ResourceExhausted && exception.Status.Detail.Contains("too many requests", StringComparison.Ordinal));

    /// <summary>True when the request certainly changed nothing: it never left, or the member refused it before proposing it.</summary>
    public static bool CertainlyNotDone(RpcException exception) => exception.Status.DebugException switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => true,
        not null => false,
        null => exception.StatusCode is not (StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Unknown or StatusCode.Internal or StatusCode.Cancelled)
            || exception.Status.Detail is "etcdserver: no leader" or "etcdserver: not capable" or "etcdserver: too many requests",
    };

    /// <summary>The storage exception of an error that trying again doesn't mend.</summary>
    public static StorageException Translate(RpcException exception, long askedRevision, long compactRevision) => exception.Status.Detail switch
    {
        "etcdserver: mvcc: required revision has been compacted" => new StorageCompactedException(compactRevision),
        "etcdserver: mvcc: required revision is a future revision" => new StorageFutureRevisionException(askedRevision, 0),
        var detail => new StorageException("the store refused: " + detail, exception),
    };
}
