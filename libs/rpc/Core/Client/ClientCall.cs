using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Client;

/// <summary>
/// One call on the client. The response is read from the HTTP stream through a pipe of pooled buffers, which go back
/// when the call is over and nobody reads.
/// </summary>
internal sealed partial class ClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    : CallLifetime(channel, options)
    where TRequest : class
    where TResponse : class
{
    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 16 * 1024, minimumReadSize: 1024, leaveOpen: true);

    private readonly Lock _resourceSync = new();
    private HttpRequestMessage? _request;
    private HttpResponseMessage? _response;
    private PipeReader? _pipe;
    private MessageReader? _reader;
    private Task _start = Task.CompletedTask;
    private bool _isReading;
    private bool _mayRelease;

    /// <summary>Makes a unary call; completes when it has ended.</summary>
    public async Task<TResponse> RunUnaryAsync(TRequest request)
    {
        await StartAsync(SerializeUnary(request)).ConfigureAwait(false);
        return await ReadOneAsync().ConfigureAwait(false);
    }

    /// <summary>Starts a call with many requests; completes when it has ended.</summary>
    public async Task<TResponse> RunClientStreamingAsync()
    {
        await StartAsync(OpenRequestStream()).ConfigureAwait(false);
        return await ReadOneAsync().ConfigureAwait(false);
    }

    /// <summary>Starts a call with one request and many responses.</summary>
    public void StartServerStreaming(TRequest request) => Observe(StartAsync(SerializeUnary(request)));

    /// <summary>Starts a call with many requests and many responses.</summary>
    public void StartDuplex() => Observe(StartAsync(OpenRequestStream()));

    protected override void OnOver()
    {
        lock (_resourceSync)
        {
            _mayRelease = true;
        }

        CloseRequestStream();
        lock (_resourceSync)
        {
            if (_isReading)
            {
                return;
            }
        }

        ReleaseResponse();
    }

    private void Observe(Task start)
    {
        _start = start;

        // A caller who never reads must not find the failure as an unobserved exception; the status has it.
        _ = start.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private HttpContent? SerializeUnary(TRequest request)
    {
        var content = new UnaryContent();
        try
        {
            NewSerializer().Write(content.Buffer, request, method.RequestMarshaller.ContextualSerializer, MayCompress());
            return content;
        }
        catch (Exception e)
        {
            content.Dispose();
            EndWith(e);
            return null;
        }
    }

    /// <summary>Sends the request and waits for the response's headers. Afterwards there is a reader, or this has thrown.</summary>
    private async Task StartAsync(HttpContent? content)
    {
        try
        {
            var left = Begin();
            if (content is null || IsOver)
            {
                content?.Dispose();
                throw Failure();
            }

            _request = ClientProtocol.CreateRequest(
                Channel.AddressOf(method), host, content, Options.Headers, left, UsesGzip);
            if (Options.Credentials is { } credentials)
            {
                await AddCredentialsAsync(credentials, _request).ConfigureAwait(false);
            }

            // The pipe's place is marked as in use, so that an end in between does not release what is being set.
            BeginUse();
            try
            {
                _response = await Channel.SendAsync(_request, Token).ConfigureAwait(false);
                await AcceptAsync(_response).ConfigureAwait(false);
            }
            finally
            {
                EndUse();
            }
        }
        catch (Exception e)
        {
            throw EndWith(e);
        }
    }

    private async Task AcceptAsync(HttpResponseMessage response)
    {
        if (ClientProtocol.TryGetEarlyStatus(response, out var status, out var trailers))
        {
            SetHeaders(response);
            if (status.StatusCode != StatusCode.OK)
            {
                throw new RpcException(status, trailers);
            }
        }
        else
        {
            SetHeaders(response);
        }

        var stream = await response.Content.ReadAsStreamAsync(Token).ConfigureAwait(false);
        _pipe = PipeReader.Create(stream, PipeOptions);
        _reader = new MessageReader(_pipe, Channel.MaxReceiveMessageSize, ClientProtocol.IsGzip(response));
    }

    private async Task AddCredentialsAsync(CallCredentials credentials, HttpRequestMessage request)
    {
        var metadata = new Metadata();
        var service = request.RequestUri!.GetLeftPart(UriPartial.Authority) + "/" + method.ServiceName;
        await credentials.Interceptor(new AuthInterceptorContext(service, method.Name, Token), metadata).ConfigureAwait(false);
        ClientProtocol.WriteMetadata(request.Headers, metadata);
    }

    private bool UsesGzip =>
        string.Equals(Options.Headers?.GetValue(Headers.EncodingRequest), Headers.Gzip, StringComparison.OrdinalIgnoreCase);

    private MessageSerializer NewSerializer() =>
        new(Channel.MaxSendMessageSize) { Compression = UsesGzip ? Channel.CompressionLevel : null };

    private bool MayCompress() => ((WriteOptions ?? WriteOptions.Default).Flags & WriteFlags.NoCompress) == 0;

    private void BeginUse()
    {
        lock (_resourceSync)
        {
            if (_isReading)
            {
                throw new InvalidOperationException("Another read is in progress.");
            }

            _isReading = true;
        }
    }

    private void EndUse()
    {
        lock (_resourceSync)
        {
            _isReading = false;
            if (!_mayRelease)
            {
                return;
            }
        }

        ReleaseResponse();
    }

    /// <summary>Gives everything back. The stream is reset if the server has not ended it.</summary>
    private void ReleaseResponse()
    {
        PipeReader? pipe;
        HttpResponseMessage? response;
        HttpRequestMessage? request;
        lock (_resourceSync)
        {
            (pipe, _pipe) = (_pipe, null);
            (response, _response) = (_response, null);
            (request, _request) = (_request, null);
        }

        pipe?.Complete();
        response?.Dispose();
        request?.Dispose();
    }
}
