using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Kube.Kubelet.Runtime;
using Kube.Streams.Spdy;

namespace Kube.Kubelet.Server;

/// <summary>
/// portforward.k8s.io over SPDY: for each connection the client opens two streams of one request number, one for errors and
/// one for data, with the port in a header of each.
/// </summary>
internal sealed class SpdyForward(
    SpdyConnection connection, string sandbox, Func<int, CancellationToken, Task<IForwardedConnection>> connect, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Pair> _pairs = new();

    /// <summary>Serves until the client goes, and then until every connection is closed.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stopping, connection.Ended);
        ConcurrentDictionary<Task, bool> serving = new();
        while (await connection.AcceptAsync(stopping) is { } stream)
        {
            string type = stream.Header("streamtype") ?? "";
            if (type is not ("error" or "data") || !TryPort(stream, out int port))
            {
                await stream.ResetAsync(SpdyResetReason.RefusedStream, stopping);
                continue;
            }

            string request = stream.Header("requestid") ?? RequestOf(stream.Id, type);
            Pair fresh = new(port);
            Pair pair = _pairs.GetOrAdd(request, fresh);
            if (!pair.Add(type, stream))
            {
                await stream.ResetAsync(SpdyResetReason.ProtocolError, stopping);
            }
            else if (pair == fresh)
            {
                Task task = ServeAsync(request, pair, over.Token);
                serving[task] = true;
                _ = task.ContinueWith(t => serving.TryRemove(t, out _), TaskScheduler.Default);
            }
        }

        await Task.WhenAll(serving.Keys);
    }

    /// <summary>Clients without request numbers open the data stream right after its error stream.</summary>
    private static string RequestOf(int stream, string type) =>
        (type == "error" ? stream : stream - 2).ToString(CultureInfo.InvariantCulture);

    private static bool TryPort(SpdyStream stream, out int port) =>
        int.TryParse(stream.Header("port"), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    private async Task ServeAsync(string request, Pair pair, CancellationToken cancellation)
    {
        try
        {
            (SpdyStream error, SpdyStream data) = await pair.Both.WaitAsync(StreamSessions.OpenLimit, time, cancellation);
            string? failure = await ForwardAsync(pair.Port, data, cancellation);
            if (failure is not null)
            {
                await error.WriteAsync(Encoding.UTF8.GetBytes($"error forwarding port {pair.Port} to pod {sandbox}, uid : {failure}"), cancellation);
            }

            await data.EndWritesAsync(cancellation);
            await error.EndWritesAsync(cancellation);
            data.Drop();
            error.Drop();
        }
        catch (TimeoutException)
        {
            await pair.ResetAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
        finally
        {
            _pairs.TryRemove(request, out _);
        }
    }

    private async Task<string?> ForwardAsync(int port, SpdyStream data, CancellationToken cancellation)
    {
        try
        {
            await using IForwardedConnection pod = await connect(port, cancellation);
            return await ForwardCopy.RunAsync(data, pod, cancellation);
        }
        catch (Exception e) when (e is IOException or Grpc.Core.RpcException)
        {
            return e is Grpc.Core.RpcException rpc ? rpc.Status.Detail : e.Message;
        }
    }

    /// <summary>The two streams of a connection, the second of which may be long in coming.</summary>
    private sealed class Pair(int port)
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource<(SpdyStream Error, SpdyStream Data)> _both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private SpdyStream? _error;
        private SpdyStream? _data;

        public int Port { get; } = port;

        public Task<(SpdyStream Error, SpdyStream Data)> Both => _both.Task;

        /// <summary>Takes a stream in; false when there is one of its type already.</summary>
        public bool Add(string type, SpdyStream stream)
        {
            lock (_gate)
            {
                ref SpdyStream? place = ref type == "error" ? ref _error : ref _data;
                if (place is not null)
                {
                    return false;
                }

                place = stream;
                if (_error is not null && _data is not null)
                {
                    _both.SetResult((_error, _data));
                }

                return true;
            }
        }

        public async Task ResetAsync()
        {
            foreach (SpdyStream? stream in (SpdyStream?[])[_error, _data])
            {
                if (stream is not null)
                {
                    await stream.DisposeAsync();
                }
            }
        }
    }
}
