using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Kube.Base;
using Kube.Rpc.Tests.Proto;
using Kube.Testing;

namespace Kube.Rpc.Tests.Loopback;

/// <summary>
/// Many calls at once, cut off at odd moments. Whatever is not cut off must be right to the last byte (a pooled buffer
/// that is given back too early shows here), and afterwards nothing may be left on the server.
/// </summary>
public class StressTests
{
    private int _active;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task CallsCutOffAtOddMoments_LeaveNothing(int seed)
    {
        await using var server = await LoopbackServer.StartAsync();
        server.Service.OnUnary = (note, _) => Task.FromResult(note);
        server.Service.OnChat = ChatAsync;
        var failures = new ConcurrentBag<Exception>();
        var random = new Prng((ulong)seed);
        var workers = Enumerable.Range(0, 16).Select(_ => random.Fork()).Select(prng => Task.Run(async () =>
        {
            for (var i = 0; i < 60 && failures.IsEmpty; i++)
            {
                try
                {
                    await (prng.Chance(0.5) ? OneUnaryAsync(server.Client, prng) : OneChatAsync(server.Client, prng));
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
                {
                    // This one was cut off.
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }
        }));
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(failures);

        await Eventually.HoldsAsync(() => Volatile.Read(ref _active) == 0, "no handler runs any more", LoopbackServer.Patience);

        Assert.Equal("x", (await server.Client.UnaryAsync(new Note { Text = "x" })).Text);
    }

    private static Note MakeNote(Prng prng)
    {
        var data = new byte[prng.Next(prng.Chance(0.1) ? 300_000 : 3_000)];
        var fill = (byte)prng.Next(256);
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(fill + i * 7);
        }

        return new Note { Count = fill, Data = UnsafeByteOperations.UnsafeWrap(data) };
    }

    /// <summary>Fires at once, soon, or never.</summary>
    private static CancellationTokenSource MakeCut(Prng prng) => prng.Next(3) switch
    {
        0 => new CancellationTokenSource(),
        1 => new CancellationTokenSource(TimeSpan.FromMilliseconds(prng.Next(1, 10)), TimeProvider.System),
        _ => new CancellationTokenSource(TimeSpan.FromMilliseconds(1), TimeProvider.System),
    };

    private static async Task OneUnaryAsync(Echo.EchoClient client, Prng prng)
    {
        using var cut = MakeCut(prng);
        var sent = MakeNote(prng);
        Assert.Equal(sent, await client.UnaryAsync(sent, cancellationToken: cut.Token));
    }

    private static async Task OneChatAsync(Echo.EchoClient client, Prng prng)
    {
        using var cut = MakeCut(prng);
        using var call = client.Chat(cancellationToken: cut.Token);
        call.RequestStream.WriteOptions = new WriteOptions(prng.Chance(0.3) ? WriteFlags.BufferHint : default);
        var sent = Enumerable.Range(0, prng.Next(1, 10)).Select(_ => MakeNote(prng)).ToArray();
        var stopAfter = prng.Chance(0.3) ? prng.Next(sent.Length) : sent.Length;
        var writing = WriteAllAsync(call, sent);
        try
        {
            for (var i = 0; i < stopAfter; i++)
            {
                Assert.True(await call.ResponseStream.MoveNext());
                Assert.Equal(sent[i], call.ResponseStream.Current);
            }

            if (stopAfter == sent.Length)
            {
                Assert.False(await call.ResponseStream.MoveNext());
            }
        }
        finally
        {
            call.Dispose();
            try
            {
                await writing;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
            {
                // Reading has ended the call.
            }
        }
    }

    private static async Task WriteAllAsync(AsyncDuplexStreamingCall<Note, Note> call, Note[] notes)
    {
        foreach (var note in notes)
        {
            await call.RequestStream.WriteAsync(note);
        }

        await call.RequestStream.CompleteAsync();
    }

    private async Task ChatAsync(IAsyncStreamReader<Note> requests, IServerStreamWriter<Note> responses, ServerCallContext context)
    {
        Interlocked.Increment(ref _active);
        try
        {
            while (await requests.MoveNext(context.CancellationToken))
            {
                await responses.WriteAsync(requests.Current);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }
}
