using Kube.Base;
using Kube.Robustness.Chaos.Cluster;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>Some members are cut off from the others. The clients still reach all of them, or only the larger side.</summary>
internal sealed class Partition(bool leaderAlone) : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var all = context.Cluster.Members.Values.ToList();
        var minority = leaderAlone
            ? [await context.PickAsync(isLeader: true) ?? throw new FaultSkippedException("no leader")]
            : context.Some(context.Random.Next(1, (all.Count - 1) / 2 + 1));
        var isFromClientsToo = context.Random.Chance(0.3);
        var rest = all.Except(minority).Select(member => member.Address.Number);
        await context.Links.SetAsync(
            this, LinkFaults.Cut(minority.Select(member => member.Address.Number), isFromClientsToo ? rest.Append(LinkFaults.Clients) : rest));
        return $"{FaultContext.Names(minority)}{(leaderAlone ? ", the leader," : "")} cut off from the other members{(isFromClientsToo ? " and the clients" : "")}";
    }

    public override Task HealAsync(FaultContext context) => context.Links.RemoveAsync(this);
}

/// <summary>No member hears another: no majority anywhere.</summary>
internal sealed class AllApart : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var all = context.Cluster.Members.Keys.ToList();
        var cut = new Dictionary<(int From, int To), int>();
        foreach (var from in all)
        {
            foreach (var to in all.Where(to => to != from))
            {
                cut[(from, to)] = 100;
            }
        }

        await context.Links.SetAsync(this, cut);
        return "all members cut off from one another";
    }

    public override Task HealAsync(FaultContext context) => context.Links.RemoveAsync(this);
}

/// <summary>A member hears the others and is not heard by them, or the other way round.</summary>
internal sealed class OneWay : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victim = (context.Random.Chance(0.5) ? await context.PickAsync(isLeader: true) : null) ?? context.Some(1)[0];
        var isDeaf = context.Random.Chance(0.5);
        var number = victim.Address.Number;
        await context.Links.SetAsync(
            this,
            context.Cluster.Members.Keys.Where(other => other != number)
                .ToDictionary(other => isDeaf ? (other, number) : (number, other), _ => 100));
        return $"{victim.Address.Name} {(isDeaf ? "hears no other member" : "is heard by no other member")}";
    }

    public override Task HealAsync(FaultContext context) => context.Links.RemoveAsync(this);
}

/// <summary>A cut that comes and goes several times a second or slower.</summary>
internal sealed class Flapping : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victim = (context.Random.Chance(0.5) ? await context.PickAsync(isLeader: true) : null) ?? context.Some(1)[0];
        var cut = LinkFaults.Cut([victim.Address.Number], context.Cluster.Members.Keys.Where(other => other != victim.Address.Number));
        var times = context.Random.Next(4, 10);
        for (var i = 0; i < times; i++)
        {
            await context.Links.SetAsync(this, cut);
            await Task.Delay(context.Random.Next(100, 1200));
            await context.Links.RemoveAsync(this);
            await Task.Delay(context.Random.Next(50, 600));
        }

        return $"{victim.Address.Name} cut off from the other members and back, {times} times";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.Zero;
}

/// <summary>The members hear each other, but clients reach only some of them.</summary>
internal sealed class ClientsCutOff : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var victims = context.Some(context.Random.Next(1, context.Cluster.Members.Count));
        await context.Links.SetAsync(this, LinkFaults.Cut([LinkFaults.Clients], victims.Select(member => member.Address.Number)));
        return $"clients cut off from {FaultContext.Names(victims)}";
    }

    public override Task HealAsync(FaultContext context) => context.Links.RemoveAsync(this);
}

/// <summary>Packets get lost, between members and on the way to clients.</summary>
internal sealed class Loss : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var percent = context.Random.Next(2, 25);
        int[] all = [LinkFaults.Clients, .. context.Cluster.Members.Keys];
        var isEverywhere = context.Random.Chance(0.5);
        var victim = context.Some(1)[0].Address.Number;
        var losses = new Dictionary<(int From, int To), int>();
        foreach (var from in all)
        {
            foreach (var to in all.Where(to => to != from && (isEverywhere || from == victim || to == victim)))
            {
                losses[(from, to)] = percent;
            }
        }

        await context.Links.SetAsync(this, losses);
        return $"{percent}% of packets lost {(isEverywhere ? "everywhere" : $"from and to m{victim}")}";
    }

    public override Task HealAsync(FaultContext context) => context.Links.RemoveAsync(this);
}

/// <summary>A narrow link to a member: what comes waits in a queue up to 0.4 s, then is dropped.</summary>
internal sealed class NarrowLink : Fault
{
    private Member? _victim;

    public override async Task<string> InjectAsync(FaultContext context)
    {
        _victim = context.Some(1)[0];
        var kbits = context.Random.Next(256, 2048);
        await context.Cluster.Network.SetRateAsync(_victim.Address.Number, kbits);
        return $"link to {_victim.Address.Name} narrowed to {kbits} kbit/s";
    }

    public override async Task HealAsync(FaultContext context)
    {
        if (_victim is not null)
        {
            await context.Cluster.Network.SetRateAsync(_victim.Address.Number, null);
        }
    }
}
