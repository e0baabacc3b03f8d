using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>Options of all services of a host. Read when a service is mapped.</summary>
public class GrpcServiceOptions
{
    internal const int DefaultReceiveMaxMessageSize = 4 * 1024 * 1024;

    private int? _maxReceiveMessageSize;

    /// <summary>
    /// Largest request message in bytes; one more gets RESOURCE_EXHAUSTED before it is read. 4 MiB unless set; null
    /// for no limit.
    /// </summary>
    public int? MaxReceiveMessageSize
    {
        get => MaxReceiveMessageSizeSpecified ? _maxReceiveMessageSize : DefaultReceiveMaxMessageSize;
        set
        {
            _maxReceiveMessageSize = value;
            MaxReceiveMessageSizeSpecified = true;
        }
    }

    /// <summary>Largest response message in bytes; one more ends the call with RESOURCE_EXHAUSTED. Null, the default, for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether the text of an exception that is no <see cref="Core.RpcException"/> is sent to the client.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Compression of the responses to clients that accept it: <c>gzip</c>, or null for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>Level of the compression; <see cref="CompressionLevel.Fastest"/> unless set.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Leaves gRPC calls of unknown services to other endpoints instead of answering UNIMPLEMENTED.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    internal bool MaxReceiveMessageSizeSpecified { get; private set; }
}

/// <summary>Options of one service; what is not set is taken from <see cref="GrpcServiceOptions"/>.</summary>
/// <typeparam name="TService">The service.</typeparam>
public class GrpcServiceOptions<TService> : GrpcServiceOptions
    where TService : class;
