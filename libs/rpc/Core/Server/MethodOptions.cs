using System.IO.Compression;
using Grpc.AspNetCore.Server;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Server;

/// <summary>The options of one service, resolved when it is mapped.</summary>
internal sealed record MethodOptions(
    int? MaxReceiveMessageSize,
    int? MaxSendMessageSize,
    bool EnableDetailedErrors,
    bool CompressResponses,
    CompressionLevel CompressionLevel)
{
    /// <summary>Lays the options of a service over those of the host.</summary>
    /// <exception cref="InvalidOperationException">The compression is unknown.</exception>
    public static MethodOptions Create(GrpcServiceOptions host, GrpcServiceOptions? service)
    {
        var algorithm = service?.ResponseCompressionAlgorithm ?? host.ResponseCompressionAlgorithm;
        if (algorithm is not (null or Headers.Identity or Headers.Gzip))
        {
            throw new InvalidOperationException($"The compression '{algorithm}' is not supported; gzip is.");
        }

        return new MethodOptions(
            service is { MaxReceiveMessageSizeSpecified: true } ? service.MaxReceiveMessageSize : host.MaxReceiveMessageSize,
            service?.MaxSendMessageSize ?? host.MaxSendMessageSize,
            service?.EnableDetailedErrors ?? host.EnableDetailedErrors ?? false,
            algorithm == Headers.Gzip,
            service?.ResponseCompressionLevel ?? host.ResponseCompressionLevel ?? CompressionLevel.Fastest);
    }
}
