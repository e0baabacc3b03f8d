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

/// <summary>Adds the metadata that authenticates a call.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

/// <summary>Authenticates single calls by metadata, for instance a bearer token.</summary>
public sealed class CallCredentials
{
    private CallCredentials(AsyncAuthInterceptor interceptor) => Interceptor = interceptor;

    internal AsyncAuthInterceptor Interceptor { get; }

    /// <summary>Credentials that run <paramref name="interceptor"/> before each call.</summary>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        return new CallCredentials(interceptor);
    }
}
