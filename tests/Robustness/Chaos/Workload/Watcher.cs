using Etcd.V3;
using Grpc.Core;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>How a watcher watches.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="StartRevision">Where it begins; 0 for now.</param>
/// <param name="WithPrevious">Asks for the version before each change.</param>
/// <param name="AsksForProgress">Asks for a progress notification now and then.</param>
/// <param name="MaxLife">Breaks its stream itself after about this long, to resume elsewhere; null for never.</param>
internal sealed record WatcherOptions(KeySpan Keys, long StartRevision, bool WithPrevious, bool AsksForProgress, TimeSpan? MaxLife);

/// <summary>Watches without missing anything: when the stream breaks it resumes at another member, behind what it has seen.</summary>
internal sealed class Watcher(Session session, WatcherOptions options) : IClient
{
    /// <summary>A member that does not even create the watch within this is left for another.</summary>
    private static readonly TimeSpan CreateLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);
    private long _position = options.StartRevision - 1;

    /// <summary>The revision up to which it has seen everything.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Streams opened so far.</summary>
    public int Opened { get; private set; }

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(ct);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                session.Rotate();
            }

            await session.PauseAsync(50, ct);
        }
    }

    public void Dispose() => session.Dispose();

    private async Task WatchAsync(CancellationToken ct)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var stream = new Watch.WatchClient(session.Channel).Watch(cancellationToken: life.Token);
        var start = Position + 1;
        var clock = session.Recorder.Clock;
        var record = session.Recorder.History.BeginWatch(session.Client, options.Keys, start, clock.Now, options.WithPrevious);
        Opened++;
        life.CancelAfter(CreateLimit);
        await stream.RequestStream.WriteAsync(
            new WatchRequest
            {
                CreateRequest = new WatchCreateRequest
                {
                    Key = Wire.Start(options.Keys),
                    RangeEnd = Wire.End(options.Keys),
                    StartRevision = start,
                    PrevKv = options.WithPrevious,
                },
            },
            life.Token);
        var asking = Task.CompletedTask;
        try
        {
            while (await stream.ResponseStream.MoveNext(life.Token))
            {
                var response = stream.ResponseStream.Current;
                if (response.Created)
                {
                    record.OnCreated(response.Header.Revision, clock.Now);
                    life.CancelAfter(options.MaxLife is { } most ? most * (0.5 + session.Random.NextDouble()) : Timeout.InfiniteTimeSpan);
                    asking = options.AsksForProgress ? AskAsync(stream, life.Token) : asking;
                }

                if (response.Canceled)
                {
                    if (response.CompactRevision > 0)
                    {
                        record.OnCancelled(response.CompactRevision, clock.Now);
                        _position = response.CompactRevision - 1; // what is lost is lost; goes on from where the store can
                    }

                    return;
                }

                if (response.Events.Count > 0)
                {
                    record.OnEvents(response.Header.Revision, [.. response.Events.Select(Wire.Change)], response.Fragment, clock.Now);
                }
                else if (!response.Created)
                {
                    record.OnProgress(response.Header.Revision, clock.Now);
                }

                Volatile.Write(ref _position, Math.Max(_position, record.Position));
            }
        }
        finally
        {
            await life.CancelAsync();
            await asking;
        }
    }

    private static async Task AskAsync(AsyncDuplexStreamingCall<WatchRequest, WatchResponse> stream, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(ProgressInterval, ct);
                await stream.RequestStream.WriteAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() }, ct);
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException)
        {
            return; // the stream is over; whoever reads it sees why
        }
    }
}
