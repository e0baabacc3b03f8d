using Grpc.Core;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>A call as its handler sees it, without a wire.</summary>
internal sealed class CallContext(CancellationToken cancellationToken) : ServerCallContext
{
    private readonly Metadata _headers = [];

    protected override string MethodCore => "/simulated";

    protected override string HostCore => "simulated";

    protected override string PeerCore => "simulated";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _headers;

    protected override CancellationToken CancellationTokenCore => cancellationToken;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => throw new NotSupportedException("no certificates in the simulation");

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("no calls to others in the simulation");
}
