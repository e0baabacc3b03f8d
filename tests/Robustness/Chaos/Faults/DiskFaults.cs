using Etcd.V3;
using Grpc.Core;
using Kube.Base;
using Kube.Robustness.Checking;
using Kube.Robustness.Chaos.Cluster;
using Kube.Robustness.Chaos.Workload;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>
/// The file systems of some members are full, while large values are written so that the space which logs hold in
/// reserve gets used up too. The space is given back, and alarms are disarmed as an operator would.
/// </summary>
internal sealed class DiskFull(bool isMajority) : Fault
{
    private const int ValueBytes = 256 * 1024;

    /// <summary>Log segments have 64 MB, with one more in reserve: this is more than they hold.</summary>
    private const int MaxBytes = 160 << 20;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(12);

    private IReadOnlyList<Cluster.Member> _victims = [];

    public override async Task<string> InjectAsync(FaultContext context)
    {
        _victims = context.Some(isMajority ? context.Cluster.Majority : 1);
        foreach (var victim in _victims)
        {
            victim.Disk.Fill(leaveBytes: 0);
        }

        var written = await WriteMuchAsync(context);
        return $"disk of {FaultContext.Names(_victims)} full, {written >> 20} MB written meanwhile";
    }

    public override Task HealAsync(FaultContext context)
    {
        foreach (var victim in _victims)
        {
            victim.Disk.Drain();
        }

        return Task.CompletedTask;
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.FromMilliseconds(random.Next(500, 2000));

    /// <summary>Disarms every alarm there is; false when the store could not be asked or still has one.</summary>
    public static async Task<bool> DisarmAsync(StoreCluster cluster)
    {
        foreach (var number in cluster.Members.Keys)
        {
            try
            {
                var client = new Maintenance.MaintenanceClient(cluster.Admin(number));
                var there = await client.AlarmAsync(new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get }, Soon());
                foreach (var alarm in there.Alarms)
                {
                    await client.AlarmAsync(
                        new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, Alarm = alarm.Alarm, MemberID = alarm.MemberID }, Soon());
                }

                return there.Alarms.Count == 0;
            }
            catch (RpcException)
            {
                continue; // the next member is asked
            }
        }

        return false;
    }

    private static CallOptions Soon() => new(deadline: DateTime.UtcNow + TimeSpan.FromSeconds(2));

    /// <summary>Writes until the store refuses or hangs, or enough has been written.</summary>
    private static async Task<long> WriteMuchAsync(FaultContext context)
    {
        const int Writers = 4;
        long written = 0;
        var begun = context.Recorder.Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            using var session = new Session(900 + writer, context.Recorder, new Prng((ulong)writer));
            var failures = 0;
            while (failures < 2 && Interlocked.Read(ref written) < MaxBytes && context.Recorder.Clock.Now - begun < MaxTime)
            {
                var value = context.Recorder.Keys.NextValue(session.Client);
                var answer = await session.DoAsync(
                    WorkKind.Write,
                    new PutOp($"{KeySpaceLayout.Bulk}{writer}", value),
                    async options => Wire.Result(await new KV.KVClient(session.Channel).PutAsync(Wire.Padded(writer, value, ValueBytes), options)),
                    CancellationToken.None);
                failures = answer is null ? failures + 1 : 0;
                Interlocked.Add(ref written, answer is null ? 0 : ValueBytes);
            }
        }));
        return written;
    }
}

/// <summary>Writes and syncs of a member's disk stand still, then go on.</summary>
internal sealed class DiskFrozen(bool isLeader) : Fault
{
    private Cluster.Member? _victim;

    public override async Task<string> InjectAsync(FaultContext context)
    {
        _victim = await context.PickAsync(isLeader) ?? throw new FaultSkippedException("no leader");
        await _victim.Disk.FreezeAsync();
        return $"disk of {_victim.Address.Name}{(isLeader ? ", the leader," : "")} stands still";
    }

    public override Task HealAsync(FaultContext context) => _victim?.Disk.ThawAsync() ?? Task.CompletedTask;
}

/// <summary>The disks of some members are slow.</summary>
internal sealed class DiskSlow : Fault
{
    private IReadOnlyList<Cluster.Member> _victims = [];

    public override Task<string> InjectAsync(FaultContext context)
    {
        _victims = context.Some(context.Random.Next(1, context.Cluster.Majority));
        var rate = context.Random.Next(64, 512) << 10;
        foreach (var victim in _victims)
        {
            victim.Disk.Throttle(rate);
        }

        return Task.FromResult($"disk of {FaultContext.Names(_victims)} writes at most {rate >> 10} KB/s");
    }

    public override Task HealAsync(FaultContext context)
    {
        foreach (var victim in _victims)
        {
            victim.Disk.Throttle(null);
        }

        return Task.CompletedTask;
    }
}
