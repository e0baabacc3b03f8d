using System.Buffers;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Rpc.Server;
using Kube.Rpc.Tests.Proto;
using Kube.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kube.Rpc.Tests.Loopback;

/// <summary>Responses that are written part by part.</summary>
public class PartsTests
{
    private const int PartBytes = 16 * 1024;
    private const int PartCount = 1024;

    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task TheClientGetsOneMessage_AndThePaceIsHis()
    {
        var parts = new NoteParts(PartCount);
        await using var server = await StartAsync(parts);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/kube.rpc.tests.Echo/Unary"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]) { Headers = { { "content-type", "application/grpc" } } },
        };
        using var patience = new CancellationTokenSource(LoopbackServer.Patience);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        var head = new byte[5];
        await body.ReadExactlyAsync(head, patience.Token);
        // What is on the way to a client that reads no further: flow control's windows and buffers, not the message.
        Assert.InRange(parts.Produced, 1, PartCount / 4);
        var rest = new MemoryStream();
        await body.CopyToAsync(rest, patience.Token);
        Assert.Equal(parts.LengthBytes, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(1)));
        Assert.Equal(parts.LengthBytes, rest.Length);
        Assert.Equal(NoteParts.Whole(PartCount), Note.Parser.ParseFrom(rest.ToArray()));
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task WhatTheHandlerReturnsAfterwardsIsNotWritten()
    {
        await using var server = await StartAsync(new NoteParts(100));
        Assert.Equal(NoteParts.Whole(100), await server.Client.UnaryAsync(new Note()));
    }

    [Fact]
    public async Task AClientThatTakesNothingIsLetGo()
    {
        var time = new ManualTimeProvider();
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var parts = new NoteParts(PartCount);
        await using var server = await StartAsync(parts, time, ended);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/kube.rpc.tests.Echo/Unary"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]) { Headers = { { "content-type", "application/grpc" } } },
        };
        using var patience = new CancellationTokenSource(LoopbackServer.Patience);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        while (!ended.Task.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            time.Advance(Stall);
            await Task.Yield();
        }

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        // Torn: reset, and not ended as if this were all.
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(new MemoryStream(), patience.Token));
    }

    [Fact]
    public async Task AMessageThatCannotBeFinishedIsNotTakenForOne()
    {
        await using var server = await StartAsync(new NoteParts(PartCount) { FailsAt = PartCount / 2 });
        await LoopbackServer.FailsAsync(server.Client.UnaryAsync(new Note()).ResponseAsync);
        server.Service.OnUnary = null;
        Assert.Equal("next", (await server.Client.UnaryAsync(new Note { Text = "next" })).Text);
    }

    private static async Task<LoopbackServer> StartAsync(NoteParts parts, TimeProvider? time = null, TaskCompletionSource<Exception?>? ended = null)
    {
        var server = await LoopbackServer.StartAsync(
            channel: new GrpcChannelOptions { MaxReceiveMessageSize = null },
            services: services => services.AddSingleton(time ?? TimeProvider.System));
        server.Service.OnUnary = async (_, context) =>
        {
            try
            {
                Assert.True(await context.TryWriteInPartsAsync(parts, Stall));
                ended?.TrySetResult(null);
            }
            catch (Exception e)
            {
                ended?.TrySetResult(e);
                throw;
            }

            return new Note { Text = "not written" };
        };
        return server;
    }

    /// <summary>A note whose data come in parts.</summary>
    private sealed class NoteParts(int count) : IMessageParts
    {
        private int _produced;

        public int? FailsAt { get; init; }

        public int Produced => Volatile.Read(ref _produced);

        public long LengthBytes { get; } = Whole(count).CalculateSize();

        public static Note Whole(int count) => new() { Data = ByteString.CopyFrom([.. Enumerable.Range(0, count * PartBytes).Select(i => (byte)(i / PartBytes))]) };

        public bool TryWriteNext(IBufferWriter<byte> output)
        {
            if (_produced == FailsAt)
            {
                throw new InvalidOperationException("no more");
            }

            if (_produced == count)
            {
                return false;
            }

            // As a protobuf message that is written behind a flush.
            output.Advance(0);

            if (_produced == 0)
            {
                // The tag and the length of the data, as the whole message begins.
                var whole = Whole(count);
                output.Write(whole.ToByteArray().AsSpan(0, whole.CalculateSize() - (count * PartBytes)));
            }

            output.Write(Enumerable.Repeat((byte)_produced, PartBytes).ToArray());
            Interlocked.Increment(ref _produced);
            return true;
        }
    }
}
