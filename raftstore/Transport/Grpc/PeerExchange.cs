using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Kube.Raft.V1;
using Kube.RaftStore.Raft;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>The receiving end of <see cref="PeerConnection"/>: it shares the peer port with gRPC and is told by its first bytes.</summary>
internal sealed class PeerExchange(PeerService service, TimeSpan greetingTimeout, TimeProvider time)
{
    /// <summary>Takes a connection that is a stream of messages and stays with it to its end; others go on to HTTP.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        bool isExchange;
        try
        {
            isExchange = await IsExchangeAsync(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // It said nothing in time, or went.
            return;
        }

        if (!isExchange)
        {
            await http(connection).ConfigureAwait(false);
            return;
        }

        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            PeerConnection.PrepareSocket(socket);
        }

        try
        {
            await ReceiveAsync(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The caller is gone, or this member stops.
        }
        catch (Exception e) when (e is RpcException or FormatException or InvalidProtocolBufferException)
        {
            var status = (e as RpcException)?.Status ?? new Status(StatusCode.InvalidArgument, e.Message);
            await ReplyAsync(connection, new GreetingReply { Code = (uint)status.StatusCode, Detail = status.Detail }).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        Greeting? greeting;
        using (var limit = new CancellationTokenSource(greetingTimeout, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed))
        {
            greeting = (await PeerFrame.ReadAsync(input, Envelope.Parser, either.Token).ConfigureAwait(false)).Greeting;
        }

        using var stream = service.Admit(greeting, connection.ConnectionClosed);
        await ReplyAsync(connection, new GreetingReply { Greeting = service.Answer(greeting!) }).ConfigureAwait(false);
        var from = service.Traffic.Of(greeting!.From);
        var messages = new List<RaftMessage>();
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(stream.Ending).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stream.IsRemoved)
            {
                throw PeerService.Removed();
            }

            var rest = read.Buffer;
            while (PeerFrame.TryRead(ref rest, out var payload))
            {
                from.OnReceived(payload.Length);
                messages.AddRange(Envelope.Parser.ParseFrom(payload).Messages);
            }

            input.AdvanceTo(rest.Start, rest.End);
            if (messages.Count > 0)
            {
                stream.Receive(messages);
                messages.Clear();
            }

            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private async ValueTask<bool> IsExchangeAsync(ConnectionContext connection)
    {
        using var limit = new CancellationTokenSource(greetingTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(either.Token).ConfigureAwait(false);
            var length = (int)Math.Min(read.Buffer.Length, PeerFrame.Preface.Length);
            var isPossible = IsPreface(read.Buffer.Slice(0, length));
            if (isPossible && length == PeerFrame.Preface.Length)
            {
                input.AdvanceTo(read.Buffer.GetPosition(length));
                return true;
            }

            var isDecided = !isPossible || read.IsCompleted || read.IsCanceled;
            input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
            if (isDecided)
            {
                return false;
            }
        }
    }

    private static bool IsPreface(ReadOnlySequence<byte> bytes)
    {
        Span<byte> first = stackalloc byte[8];
        bytes.CopyTo(first);
        return PeerFrame.Preface.StartsWith(first[..(int)bytes.Length]);
    }

    private static async Task ReplyAsync(ConnectionContext connection, GreetingReply reply)
    {
        var frame = new ArrayBufferWriter<byte>();
        PeerFrame.Write(frame, reply);
        await connection.Transport.Output.WriteAsync(frame.WrittenMemory).ConfigureAwait(false);
    }
}
