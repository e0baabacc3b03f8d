namespace Grpc.Core;

/// <summary>What a credential may know about the call it signs.</summary>
public class AuthInterceptorContext(string serviceUrl, string methodName, CancellationToken cancellationToken = default)
{
    /// <summary>Address of the service: scheme, authority and service name.</summary>
    public string ServiceUrl { get; } = serviceUrl;

    /// <summary>Name of the method.</summary>
    public string MethodName { get; } = methodName;

    /// <summary>Cancelled with the call.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
