using System.Diagnostics;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.Load.Http2;

namespace Kube.Load;

/// <summary>Many watches of one key, on streams spread over the members, and how long an event takes from the put to each of them.</summary>
internal sealed record WatchBench(int Streams, int WatchesPerStream, int Puts)
{
    private static readonly ByteString s_key = ByteString.CopyFromUtf8("watched");

    /// <summary>One put at a time: each is seen by all before the next.</summary>
    public async Task<LoadResult> RunAsync(StoreCluster store, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        var streams = new List<Stream>();
        for (var i = 0; i < Streams; i++)
        {
            var call = store.Watch(i % StoreCluster.Size).Watch(cancellationToken: cancellationToken);
            for (var watch = 0; watch < WatchesPerStream; watch++)
            {
                await call.RequestStream.WriteAsync(new WatchRequest { CreateRequest = new WatchCreateRequest { Key = s_key } }, cancellationToken).ConfigureAwait(false);
            }
            streams.Add(new Stream(call));
        }
        foreach (var stream in streams)
        {
            await stream.CreatedAsync(WatchesPerStream, cancellationToken).ConfigureAwait(false);
        }
        var total = Stopwatch.StartNew();
        for (var put = 0; put < Puts; put++)
        {
            var sent = Stopwatch.GetTimestamp();
            var seen = streams.Select(stream => stream.EventsAsync(WatchesPerStream, sent, cancellationToken)).ToList();
            await store.Kv(put % StoreCluster.Size).PutAsync(
                new PutRequest { Key = s_key, Value = ByteString.CopyFrom(new byte[256]) }, cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (var stream in seen)
            {
                latencies.AddRange(await stream.ConfigureAwait(false));
            }
        }
        total.Stop();
        streams.ForEach(static stream => stream.Dispose());
        latencies.Sort();
        return new LoadResult(
            "watch", latencies.Count, 0, total.Elapsed.TotalSeconds, latencies[latencies.Count / 2], latencies[(int)(latencies.Count * 0.99)], latencies[^1]);
    }

    private sealed class Stream(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> call) : IDisposable
    {
        public async Task CreatedAsync(int count, CancellationToken cancellationToken)
        {
            for (var created = 0; created < count; created += call.ResponseStream.Current.Created ? 1 : 0)
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>When each event came, in milliseconds since a moment.</summary>
        public async Task<List<double>> EventsAsync(int count, long since, CancellationToken cancellationToken)
        {
            var times = new List<double>();
            while (times.Count < count)
            {
                await NextAsync(cancellationToken).ConfigureAwait(false);
                for (var i = call.ResponseStream.Current.Events.Count; i > 0; i--)
                {
                    times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                }
            }
            return times;
        }

        public void Dispose() => call.Dispose();

        private async Task NextAsync(CancellationToken cancellationToken)
        {
            if (!await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                throw new IOException("a watch stream ended");
            }
        }
    }
}
