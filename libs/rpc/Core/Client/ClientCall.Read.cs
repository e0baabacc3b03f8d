using Grpc.Core;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Client;

internal sealed partial class ClientCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>
{
    private TResponse? _current;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message.");

    /// <summary>The next response. The caller's token cancels the whole call: half a message cannot be given back.</summary>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.CanBeCanceled && cancellationToken != Options.CancellationToken
            ? cancellationToken.UnsafeRegister(static call => ((CallLifetime)call!).Cancel(), this)
            : default;
        _current = null;
        if (!_start.IsCompletedSuccessfully)
        {
            await _start.ConfigureAwait(false);
        }

        var result = await ReadAsync().ConfigureAwait(false);
        _current = result.Message;
        return result.IsFound;
    }

    /// <summary>The one response of a call without response streaming, and the call's end.</summary>
    private async ValueTask<TResponse> ReadOneAsync()
    {
        var result = await ReadAsync().ConfigureAwait(false);
        if (!result.IsFound)
        {
            throw new RpcException(new Status(StatusCode.Internal, "the server ended the call with status OK and no message"));
        }

        var next = await ReadAsync().ConfigureAwait(false);
        if (next.IsFound)
        {
            throw EndWith(new RpcException(new Status(StatusCode.Internal, "more than one message where one was expected")));
        }

        return result.Message;
    }

    /// <summary>Reads a message; at the end of the stream, ends the call and throws unless its status is OK.</summary>
    private async ValueTask<MessageReader.Result<TResponse>> ReadAsync()
    {
        BeginUse();
        try
        {
            if (IsOver)
            {
                return Ended();
            }

            var result = await _reader!
                .ReadAsync(method.ResponseMarshaller.ContextualDeserializer, Token, CancellationToken.None)
                .ConfigureAwait(false);
            if (result.IsFound)
            {
                return result;
            }

            var status = ClientProtocol.GetFinalStatus(_response!, out var trailers);
            End(status, trailers);
        }
        catch (Exception e)
        {
            throw EndWith(e);
        }
        finally
        {
            EndUse();
        }

        return Ended();
    }

    private MessageReader.Result<TResponse> Ended() =>
        GetStatus().StatusCode == StatusCode.OK ? default : throw Failure();
}
