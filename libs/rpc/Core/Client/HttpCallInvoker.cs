using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Rpc.Client;

/// <summary>Starts calls over a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new ClientCall<TRequest, TResponse>(channel, method, host, options).RunUnaryAsync(request).GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        return new AsyncUnaryCall<TResponse>(
            call.RunUnaryAsync(request), Calls.Headers, Calls.Status, Calls.Trailers, Calls.Dispose, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        call.StartServerStreaming(request);
        return new AsyncServerStreamingCall<TResponse>(
            call, Calls.Headers, Calls.Status, Calls.Trailers, Calls.Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call, call.RunClientStreamingAsync(), Calls.Headers, Calls.Status, Calls.Trailers, Calls.Dispose, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, host, options);
        call.StartDuplex();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call, call, Calls.Headers, Calls.Status, Calls.Trailers, Calls.Dispose, call);
    }

    /// <summary>The functions that a call object is made of, shared by all calls.</summary>
    private static class Calls
    {
        public static readonly Func<object, Task<Metadata>> Headers = static call => ((CallLifetime)call).GetResponseHeadersAsync();
        public static readonly Func<object, Status> Status = static call => ((CallLifetime)call).GetStatus();
        public static readonly Func<object, Metadata> Trailers = static call => ((CallLifetime)call).GetTrailers();
        public static readonly Action<object> Dispose = static call => ((CallLifetime)call).Cancel();
    }
}
