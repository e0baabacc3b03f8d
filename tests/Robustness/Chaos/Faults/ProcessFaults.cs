using Kube.Base;
using Kube.Robustness.Chaos.Cluster;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>kill -9 of the leader or another member.</summary>
internal sealed class KillOne(bool isLeader) : Fault
{
    public bool IsLeader => isLeader;

    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victim = await context.PickAsync(isLeader) ?? throw new FaultSkippedException("no leader");
        await victim.KillAsync();
        return $"kill -9 of {victim.Address.Name}{(isLeader ? ", the leader" : "")}";
    }
}

/// <summary>kill -9 of a majority, or of all.</summary>
internal sealed class KillMany(bool isAll) : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victims = context.Some(isAll ? context.Cluster.Members.Count : context.Cluster.Majority);
        await Task.WhenAll(victims.Select(victim => victim.KillAsync()));
        return $"kill -9 of {FaultContext.Names(victims)}";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.FromMilliseconds(random.Next(200, 2000));
}

/// <summary>kill -9, again and again while the member starts.</summary>
internal sealed class KillWhileStarting : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victim = context.Some(1)[0];
        var times = context.Random.Next(2, 5);
        for (var i = 0; i < times; i++)
        {
            await victim.KillAsync();
            context.Cluster.Start(victim);
            await Task.Delay(context.Random.Next(50, 900));
        }

        await victim.KillAsync();
        return $"kill -9 of {victim.Address.Name} {times + 1} times, each time while it starts";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.FromMilliseconds(random.Next(0, 500));
}

/// <summary>SIGSTOP: the process stands still, its connections stay open.</summary>
internal sealed class StopOne(bool isLeader) : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victim = await context.PickAsync(isLeader) ?? throw new FaultSkippedException("no leader");
        victim.Pause();
        return $"SIGSTOP of {victim.Address.Name}{(isLeader ? ", the leader" : "")}";
    }
}

/// <summary>SIGSTOP of a majority or all.</summary>
internal sealed class StopMany : Fault
{
    public override Task<string> InjectAsync(FaultContext context)
    {
        var victims = context.Some(context.Random.Next(context.Cluster.Majority, context.Cluster.Members.Count + 1));
        foreach (var victim in victims)
        {
            victim.Pause();
        }

        return Task.FromResult($"SIGSTOP of {FaultContext.Names(victims)}");
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.FromMilliseconds(random.Next(500, 3000));
}

/// <summary>SIGSTOP and SIGCONT in quick turns, as on a machine that is short of CPU.</summary>
internal sealed class Stutter : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victim = context.Some(1)[0];
        var times = context.Random.Next(8, 20);
        for (var i = 0; i < times; i++)
        {
            victim.Pause();
            await Task.Delay(context.Random.Next(50, 400));
            victim.Resume();
            await Task.Delay(context.Random.Next(20, 200));
        }

        return $"SIGSTOP and SIGCONT of {victim.Address.Name}, {times} times in turn";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.Zero;
}

/// <summary>SIGTERM and a new start of every member, the next one once the cluster is healthy again.</summary>
internal sealed class RollingRestart : Fault
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(30);

    public override async Task<string> InjectAsync(FaultContext context)
    {
        var members = context.Some(context.Cluster.Members.Count);
        foreach (var member in members)
        {
            try
            {
                await member.TerminateAsync();
            }
            catch (TimeoutException e)
            {
                context.Log.Problem(e.Message);
            }

            context.Cluster.Start(member);
            try
            {
                await context.Cluster.AwaitHealthAsync(HealthLimit);
            }
            catch (TimeoutException e)
            {
                context.Log.Problem($"after the orderly restart of {member.Address.Name}: {e.Message}");
            }
        }

        return $"SIGTERM and start of {string.Join(", then ", members.Select(member => member.Address.Name))}";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.Zero;
}

/// <summary>The wall clock of some members jumps, back or forth.</summary>
internal sealed class ClockJump : Fault
{
    private IReadOnlyList<Member> _victims = [];

    public override Task<string> InjectAsync(FaultContext context)
    {
        _victims = context.Some(context.Random.Next(1, context.Cluster.Members.Count + 1));
        var jumps = new List<string>();
        foreach (var victim in _victims)
        {
            // From seconds to weeks, evenly over the orders of magnitude.
            var seconds = Math.Pow(10, context.Random.NextDouble() * 6) * (context.Random.Chance(0.5) ? 1 : -1);
            victim.Clock!.Set(TimeSpan.FromSeconds(seconds));
            jumps.Add($"{victim.Address.Name} by {seconds:F0} s");
        }

        return Task.FromResult("wall clock of " + string.Join(", ", jumps));
    }

    public override Task HealAsync(FaultContext context)
    {
        foreach (var victim in _victims)
        {
            victim.Clock!.Set(TimeSpan.Zero);
        }

        return Task.CompletedTask;
    }
}
