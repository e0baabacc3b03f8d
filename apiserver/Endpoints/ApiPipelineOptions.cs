using Kube.ApiServer.Audit;
using Kube.ApiServer.Auth;
using Kube.ApiServer.FlowControl;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.Endpoints;

/// <summary>The parts that the pipeline puts in a row.</summary>
internal sealed class ApiPipelineOptions
{
    public required IAuthenticator Authenticator { get; init; }

    public required IAuthorizer Authorizer { get; init; }

    /// <summary>True when requests without credentials are system:anonymous; false when they get 401.</summary>
    public required bool AllowAnonymous { get; init; }

    public required IAuditSink Audit { get; init; }

    public required FlowController Flows { get; init; }

    /// <summary>The flow schemas and priority levels of the moment.</summary>
    public required Func<FlowConfiguration> FlowConfiguration { get; init; }

    /// <summary>How many objects a request's resource has; null when that is not known.</summary>
    public required Func<RequestInfo, int?> ObjectCount { get; init; }

    public required ApiMetrics Metrics { get; init; }

    public required ResourceEndpoint Resources { get; init; }

    public required PathEndpoint Paths { get; init; }

    public required IdentifierSource Identifiers { get; init; }

    /// <summary>Longest time of a request that is not long-running.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>Ends when the server stops.</summary>
    public required CancellationToken Stopping { get; init; }
}
