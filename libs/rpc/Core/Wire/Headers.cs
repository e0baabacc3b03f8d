namespace Kube.Rpc.Wire;

/// <summary>Names and values of the headers that the protocol uses.</summary>
internal static class Headers
{
    public const string ContentTypeGrpc = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>Metadata key by which a caller chooses the compression of one call; it never travels.</summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string AcceptedEncodings = "identity,gzip";

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        Status, Message, Timeout, Encoding, AcceptEncoding, EncodingRequest,
        "content-type", "content-length", "te", "host", "connection", "transfer-encoding", "keep-alive", "upgrade",
        "proxy-connection", "accept-encoding", "content-encoding", "grpc-message-type",
    };

    /// <summary>Whether the header belongs to the protocol and is no metadata.</summary>
    public static bool IsReserved(string name) => (name.Length > 0 && name[0] == ':') || Reserved.Contains(name);

    /// <summary>Whether a content type is <c>application/grpc</c>, alone or with a +suffix or a parameter.</summary>
    public static bool IsGrpcContentType(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentTypeGrpc, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentTypeGrpc.Length || contentType[ContentTypeGrpc.Length] is '+' or ';' or ' ');
}
