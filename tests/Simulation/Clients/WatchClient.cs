using Etcd.V3;
using Kube.Base;
using Kube.RaftStore.Simulation.Core;
using Member = Kube.RaftStore.Simulation.Cluster.Member;
using Kube.Robustness.Checking;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>One client that follows some keys: when its watch breaks it goes on, at some member, behind what it has seen.</summary>
internal sealed class WatchClient(int number, World world, ClientCalls calls, History history, KeySpan keys)
{
    private readonly Prng _prng = world.Prng.Fork();

    /// <summary>Everything up to here has been seen, or compacted away.</summary>
    public long Position { get; private set; }

    /// <summary>Follows from a revision on (0 for from now) until it is over and, if asked for, some revision has been seen.</summary>
    public async Task RunAsync(long startRevision, Func<bool> isOver)
    {
        var next = startRevision;
        while (!isOver())
        {
            next = await FollowAsync(calls.Pick(_prng), next, isOver);
            Position = Math.Max(Position, next - 1);
            await world.Delay(_prng.Next(1_000, 200_000));
        }
    }

    /// <summary>One watch, to its end; the revision to go on with.</summary>
    private async Task<long> FollowAsync(Member member, long start, Func<bool> isOver)
    {
        var record = history.BeginWatch(number, keys, start, world.Now, withPrevious: _prng.Chance(0.5));
        var call = new WatchCall(world, calls, member, isSlow: _prng.Chance(0.2) ? _prng.Next(1_000, 200_000) : 0);
        call.Open(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest
            {
                Key = Wire.StartOf(keys),
                RangeEnd = Wire.EndOf(keys),
                StartRevision = start,
                PrevKv = record.WithPrevious,
                ProgressNotify = _prng.Chance(0.5),
                Fragment = _prng.Chance(0.3),
            },
        });
        var breaksAt = world.NowUs + _prng.Next(100_000, 20_000_000);
        // A member that has nothing to say may have ended long ago: the client looks every now and then.
        while (!isOver() && await call.NextAsync(500_000) is var (response, isClosed) && !isClosed && world.NowUs < breaksAt)
        {
            if (response is not null && !Take(record, response))
            {
                break;
            }

            if (_prng.Chance(0.1))
            {
                call.Send(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
            }
        }

        call.Close();
        return record.CompactRevision > 0 ? Math.Max(record.CompactRevision, record.Position + 1)
            : record.CreatedRevision == 0 ? start
            : Math.Max(start, record.Position + 1);
    }

    /// <summary>Writes a response down; false when the watch has ended.</summary>
    private bool Take(WatchRecord record, WatchResponse response)
    {
        if (response.Created)
        {
            record.OnCreated(response.Header.Revision, world.Now);
            return !response.Canceled;
        }

        if (response.Canceled)
        {
            record.OnCancelled(response.CompactRevision, world.Now);
            return false;
        }

        if (response.Events.Count > 0)
        {
            record.OnEvents(response.Header.Revision, [.. response.Events.Select(Wire.ToChange)], response.Fragment, world.Now);
        }
        else
        {
            record.OnProgress(response.Header.Revision, world.Now);
        }

        Position = Math.Max(Position, record.Position);
        return true;
    }
}
