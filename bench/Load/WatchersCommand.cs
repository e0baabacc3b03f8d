using System.CommandLine;
using System.Diagnostics;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Kube.Load;

/// <summary>`watchers`: what many watches cost a member, and how fast many watches of one key are told.</summary>
internal static class WatchersCommand
{
    private const int PerStream = 100;
    private const int Puts = 100;

    public static Command Create()
    {
        var kube = new Option<string>("--kube") { Description = "The kube executable, or etcd's.", Required = true };
        var port = new Option<int>("--base-port") { Description = "The first of six ports on 127.0.0.1.", DefaultValueFactory = _ => 17530 };
        var directory = new Option<string>("--dir") { Description = "Where the data goes.", DefaultValueFactory = _ => Path.GetTempPath() };
        var watchers = new Option<int>("--watchers") { Description = "Watches of a key each.", DefaultValueFactory = _ => 10_000 };
        var onOne = new Option<int>("--on-one-key") { Description = "Watches of one key.", DefaultValueFactory = _ => 1000 };
        var command = new Command("watchers", "Opens many watches on one member of a store of three, and prints memory and latency.") { kube, port, directory, watchers, onOne };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var cluster = new StoreCluster(parsed.GetRequiredValue(kube), parsed.GetValue(port), parsed.GetRequiredValue(directory));
            for (var member = 0; member < StoreCluster.Size; member++)
            {
                cluster.Start(member);
            }
            for (var member = 0; member < StoreCluster.Size; member++)
            {
                await cluster.ServesAsync(member);
            }
            await MeasureAsync(cluster, parsed.GetValue(watchers), parsed.GetValue(onOne), cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task MeasureAsync(StoreCluster cluster, int watchers, int onOne, CancellationToken cancellationToken)
    {
        var process = cluster.ProcessIds[0];
        // What the first watches bring with them is not theirs.
        await using var warm = await Watches.OpenAsync(cluster.Endpoints[0], PerStream, static i => $"warm/{i}", cancellationToken);
        var before = MemberUsage.Of([process]).ResidentBytes;
        await using var many = await Watches.OpenAsync(cluster.Endpoints[0], watchers, static i => $"many/{i:D6}", cancellationToken);
        Console.WriteLine(FormattableString.Invariant($"{watchers} watches of a key each, {PerStream} a stream: {(MemberUsage.Of([process]).ResidentBytes - before) / watchers:F0} bytes resident each"));
        await using var hot = await Watches.OpenAsync(cluster.Endpoints[0], onOne, static _ => "hot", cancellationToken);
        var times = new List<double>();
        for (var i = 0; i < Puts; i++)
        {
            var clock = Stopwatch.StartNew();
            await cluster.Kv(0).PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("hot"), Value = ByteString.CopyFrom(new byte[256]) }, cancellationToken: cancellationToken);
            await hot.ReceivedAsync((i + 1) * onOne, cancellationToken);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        times.Sort();
        Console.WriteLine(FormattableString.Invariant(
            $"{onOne} watches of one key, beside them: {Puts} puts, from the put to the last watch told: median {times[Puts / 2]:F1} ms, 99th percentile {times[(Puts * 99 / 100) - 1]:F1} ms"));
        var one = Stopwatch.StartNew();
        for (var i = 0; i < Puts; i++)
        {
            await cluster.Kv(0).PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8($"many/{i * (watchers / Puts):D6}") }, cancellationToken: cancellationToken);
            await many.ReceivedAsync(i + 1, cancellationToken);
        }
        Console.WriteLine(FormattableString.Invariant($"one watch of {watchers} told: {one.Elapsed.TotalMilliseconds / Puts:F2} ms from the put, on average"));
    }

    /// <summary>Watches on one connection, a hundred a stream, all read.</summary>
    private sealed class Watches(GrpcChannel channel) : IAsyncDisposable
    {
        private readonly List<AsyncDuplexStreamingCall<WatchRequest, WatchResponse>> _streams = [];
        private readonly List<Task> _readers = [];
        private readonly CancellationTokenSource _ending = new();
        private readonly SemaphoreSlim _news = new(0);
        private long _received;

        public static async Task<Watches> OpenAsync(string endpoint, int count, Func<int, string> key, CancellationToken cancellationToken)
        {
            var watches = new Watches(GrpcChannel.ForAddress(endpoint));
            for (var i = 0; i < count; i += PerStream)
            {
                var stream = new Watch.WatchClient(watches._channel).Watch(cancellationToken: watches._ending.Token);
                watches._streams.Add(stream);
                var here = Math.Min(PerStream, count - i);
                for (var j = 0; j < here; j++)
                {
                    await stream.RequestStream.WriteAsync(
                        new WatchRequest { CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFromUtf8(key(i + j)) } }, cancellationToken);
                }
                for (var j = 0; j < here; j++)
                {
                    if (!await stream.ResponseStream.MoveNext(cancellationToken) || !stream.ResponseStream.Current.Created)
                    {
                        throw new InvalidOperationException("a watch did not come to be");
                    }
                }
                watches._readers.Add(watches.ReadAsync(stream));
            }
            return watches;
        }

        private readonly GrpcChannel _channel = channel;

        /// <summary>Waits until so many events have come in all.</summary>
        public async Task ReceivedAsync(long events, CancellationToken cancellationToken)
        {
            while (Interlocked.Read(ref _received) < events)
            {
                await _news.WaitAsync(cancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await Task.WhenAll(_readers);
            _streams.ForEach(static stream => stream.Dispose());
            _channel.Dispose();
            _news.Dispose();
            _ending.Dispose();
        }

        private async Task ReadAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> stream)
        {
            try
            {
                while (await stream.ResponseStream.MoveNext(_ending.Token))
                {
                    Interlocked.Add(ref _received, stream.ResponseStream.Current.Events.Count);
                    _news.Release();
                }
            }
            catch (Exception e) when (_ending.IsCancellationRequested && e is RpcException or OperationCanceledException)
            {
                // No more is wanted.
            }
        }
    }
}
