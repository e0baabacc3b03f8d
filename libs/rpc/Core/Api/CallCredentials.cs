namespace Grpc.Core;

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
