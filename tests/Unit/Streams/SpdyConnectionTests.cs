using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.Streams.Spdy;

namespace Kube.Streams.Tests;

public sealed class SpdyConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly SpdyConnection _client;
    private readonly SpdyConnection _server;
    private readonly Task<Exception?> _clientRun;
    private readonly Task<Exception?> _serverRun;

    public SpdyConnectionTests()
    {
        var (client, server) = DuplexPipe.Create();
        _client = new SpdyConnection(client, server: false);
        _server = new SpdyConnection(server, server: true, new SpdyLimits { MaxStreams = 4, StreamBufferBytes = 16 * 1024 });
        _clientRun = _client.RunAsync(CancellationToken.None);
        _serverRun = _server.RunAsync(CancellationToken.None);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        await Task.WhenAll(_clientRun, _serverRun).WaitAsync(Limit);
        _limit.Dispose();
    }

    [Fact]
    public async Task A_stream_carries_bytes_both_ways_and_ends_side_by_side()
    {
        var (mine, theirs) = await OpenAsync(("streamType", "data"), ("port", "80"));
        Assert.Equal("data", theirs.Header("streamtype"));

        await mine.WriteAsync("question"u8.ToArray(), _limit.Token);
        await mine.EndWritesAsync(_limit.Token);
        Assert.Equal("question", await ReadAllAsync(theirs));

        await theirs.WriteAsync("answer"u8.ToArray(), _limit.Token);
        await theirs.EndWritesAsync(_limit.Token);
        Assert.Equal("answer", await ReadAllAsync(mine));
    }

    [Fact]
    public async Task Large_data_arrives_whole()
    {
        var random = new byte[1_000_000];
        new System.Random(7).NextBytes(random);
        var (mine, theirs) = await OpenAsync(("streamtype", "data"));
        var writing = Task.Run(async () =>
        {
            await mine.WriteAsync(random, _limit.Token);
            await mine.EndWritesAsync(_limit.Token);
        });
        using MemoryStream got = new();
        await theirs.CopyToAsync(got, _limit.Token);
        await writing;
        Assert.True(got.ToArray().AsSpan().SequenceEqual(random));
    }

    [Fact]
    public async Task A_reader_that_stands_still_makes_the_writer_wait()
    {
        var (mine, theirs) = await OpenAsync(("streamtype", "data"));
        var writing = mine.WriteAsync(new byte[1_000_000], _limit.Token).AsTask();
        Assert.False(writing.IsCompleted);

        var buffer = new byte[1_000_000];
        await theirs.ReadExactlyAsync(buffer, _limit.Token);
        await writing.WaitAsync(Limit);
    }

    [Fact]
    public async Task Data_of_a_dropped_stream_holds_nothing_up()
    {
        var (mine, theirs) = await OpenAsync(("streamtype", "data"));
        theirs.Drop();
        await mine.WriteAsync(new byte[1_000_000], _limit.Token);
        var (_, other) = await OpenAsync(("streamtype", "error"));
        Assert.Equal("error", other.Header("streamtype"));
    }

    [Fact]
    public async Task A_reset_stream_tells_its_reader()
    {
        var (mine, theirs) = await OpenAsync(("streamtype", "data"));
        await mine.ResetAsync(SpdyResetReason.Cancel, _limit.Token);
        await Assert.ThrowsAsync<SpdyException>(async () => await theirs.ReadExactlyAsync(new byte[1], _limit.Token));
        await Assert.ThrowsAsync<SpdyException>(async () => await theirs.WriteAsync(new byte[1], _limit.Token));
    }

    [Fact]
    public async Task What_came_before_a_reset_is_read_first()
    {
        var (mine, theirs) = await OpenAsync(("streamtype", "error"));
        await mine.WriteAsync("last word"u8.ToArray(), _limit.Token);
        await mine.ResetAsync(SpdyResetReason.Cancel, _limit.Token);
        // The reset has arrived before anything is read: writing says so.
        await Kube.Testing.Eventually.HoldsAsync(
            async () => await Record.ExceptionAsync(() => theirs.WriteAsync(new byte[1], _limit.Token).AsTask()) is SpdyException, "the reset arrives");

        var word = new byte[9];
        await theirs.ReadExactlyAsync(word, _limit.Token);
        Assert.Equal("last word"u8.ToArray(), word);
        await Assert.ThrowsAsync<SpdyException>(async () => await theirs.ReadExactlyAsync(new byte[1], _limit.Token));
    }

    [Fact]
    public async Task More_streams_than_the_limit_are_refused()
    {
        for (var i = 0; i < 4; i++)
        {
            await OpenAsync(("n", "x"));
        }

        await Assert.ThrowsAsync<SpdyException>(() => _client.OpenAsync([new("n", "x")], _limit.Token));
    }

    [Fact]
    public async Task A_connection_that_ends_tells_its_readers_and_acceptors()
    {
        var (_, theirs) = await OpenAsync(("streamtype", "data"));
        await _client.DisposeAsync();

        await Assert.ThrowsAsync<SpdyException>(async () => await theirs.ReadExactlyAsync(new byte[1], _limit.Token));
        Assert.Null(await _server.AcceptAsync(_limit.Token));
        Assert.True(_server.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_ping_of_the_peer_comes_back()
    {
        var (client, server) = DuplexPipe.Create();
        await using SpdyConnection connection = new(server, server: true);
        var running = connection.RunAsync(CancellationToken.None);
        byte[] ping = [0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 5];
        await client.WriteAsync(ping, _limit.Token);
        var answer = new byte[ping.Length];
        await client.ReadExactlyAsync(answer, _limit.Token);
        Assert.Equal(ping, answer);
        await client.DisposeAsync();
        await running.WaitAsync(Limit);
    }

    /// <summary>Whatever a peer sends, reading ends with an answer: nothing is thrown, nothing hangs.</summary>
    [Fact]
    public void Any_bytes_end_the_connection_in_order()
    {
        byte[][] seeds =
        [
            [0x80, 3, 0, 1, 0, 0, 0, 29, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x78, 0xf9, 0xe3, 0xc6, 0xa7, 0xc2, 0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3],
            [0, 0, 0, 1, 1, 0, 0, 0],
            [0x80, 3, 0, 3, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 5],
            [0x80, 3, 0, 7, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0],
            [0x80, 3, 0, 9, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 1, 0],
            [0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1],
        ];
        var frame = Gen.OneOf(Gen.Elements(seeds), ArbMap.Default.GeneratorFor<byte[]>());
        var bytes = Gen.ListOf(frame).SelectMany(
            frames => Gen.ListOf(Gen.Zip(Gen.Choose(0, 200), Gen.Choose(0, 255))),
            (frames, changes) =>
            {
                var all = frames.SelectMany(f => f).ToArray();
                foreach (var (at, value) in changes.Take(3).Where(c => c.Item1 < all.Length))
                {
                    all[at] = (byte)value;
                }

                return all;
            });
        Prop.ForAll(bytes.ToArbitrary(), input =>
        {
            using CancellationTokenSource limit = new(Limit);
            var (client, server) = DuplexPipe.Create();
            SpdyConnection connection = new(server, server: true, new SpdyLimits { StreamBufferBytes = 1 << 20 });
            var running = connection.RunAsync(limit.Token);
            client.WriteAsync(input, limit.Token).AsTask().Wait(Limit);
            client.DisposeAsync().AsTask().Wait(Limit);
            return running.Wait(Limit) && running.Result is null or SpdyException or IOException;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private async Task<(SpdyStream Mine, SpdyStream Theirs)> OpenAsync(params (string Name, string Value)[] headers)
    {
        var mine = await _client.OpenAsync([.. headers.Select(h => new KeyValuePair<string, string>(h.Name, h.Value))], _limit.Token);
        var theirs = await _server.AcceptAsync(_limit.Token);
        Assert.NotNull(theirs);
        return (mine, theirs);
    }

    private async Task<string> ReadAllAsync(SpdyStream stream)
    {
        using MemoryStream got = new();
        await stream.CopyToAsync(got, _limit.Token);
        return Encoding.UTF8.GetString(got.ToArray());
    }
}
