namespace Kube.Robustness.Chaos.Faults;

/// <summary>A kind of fault.</summary>
/// <param name="Name">As --faults and the report name it.</param>
/// <param name="IsBackground">Whether it may be in force beside another: it slows and loses, but leaves a majority working.</param>
/// <param name="TakesMajority">Whether the store cannot be expected to take writes meanwhile.</param>
/// <param name="Create">A new one.</param>
/// <param name="NeedsQuiet">Whether it waits for what is in force in the background to end and keeps it away: where what is
/// measured would else be the background's.</param>
/// <param name="Obstacle">Why this machine or store cannot have it; null where it can.</param>
internal sealed record FaultKind(
    string Name, bool IsBackground, bool TakesMajority, Func<Fault> Create, Func<FaultContext, string?>? Obstacle = null, bool NeedsQuiet = false);

/// <summary>All faults there are.</summary>
internal static class FaultCatalog
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("kill-leader", false, false, () => new KillOne(isLeader: true), NeedsQuiet: true),
        new("kill-follower", false, false, () => new KillOne(isLeader: false)),
        new("kill-majority", false, true, () => new KillMany(isAll: false)),
        new("kill-all", false, true, () => new KillMany(isAll: true)),
        new("kill-while-starting", false, false, () => new KillWhileStarting()),
        new("stop-leader", false, false, () => new StopOne(isLeader: true)),
        new("stop-follower", false, false, () => new StopOne(isLeader: false)),
        new("stop-majority", false, true, () => new StopMany()),
        new("stutter", false, false, () => new Stutter()),
        new("rolling-restart", false, false, () => new RollingRestart()),
        new("partition-minority", false, false, () => new Partition(leaderAlone: false), NeedsLinks),
        new("partition-leader", false, false, () => new Partition(leaderAlone: true), NeedsLinks),
        new("partition-all", false, true, () => new AllApart(), NeedsLinks),
        new("one-way", false, false, () => new OneWay(), NeedsLinks),
        new("flapping", false, false, () => new Flapping(), NeedsLinks),
        new("clients-cut-off", false, false, () => new ClientsCutOff(), NeedsLinks),
        new("disk-full", false, false, () => new DiskFull(isMajority: false), NeedsDisks, NeedsQuiet: true),
        new("disk-full-majority", false, true, () => new DiskFull(isMajority: true), NeedsDisks, NeedsQuiet: true),
        new("disk-frozen", false, false, () => new DiskFrozen(isLeader: false), NeedsDisks),
        new("disk-frozen-leader", false, false, () => new DiskFrozen(isLeader: true), NeedsDisks),
        new("move-leader", false, false, () => new MoveLeader()),
        new("replace-member", false, false, () => new ReplaceMember()),
        new("loss", true, false, () => new Loss(), NeedsLinks),
        new("narrow-link", true, false, () => new NarrowLink(), NeedsLinks),
        new("disk-slow", true, false, () => new DiskSlow(), context =>
            context.Cluster.Members.Values.All(member => member.Disk.ThrottleGroupFile is not null) ? null : "no block I/O controller of cgroup v1 here"),
        new("clock-jump", true, false, () => new ClockJump(), context =>
            context.Cluster.Members.Values.All(member => member.Clock is not null) ? null : "clocks cannot be made to jump here"),
    ];

    private static string? NeedsLinks(FaultContext context) =>
        context.Cluster.Network.CanFail ? null : "all members share the loopback address";

    private static string? NeedsDisks(FaultContext context) =>
        context.Cluster.Members.Values.All(member => member.Disk.CanFail) ? null : "members have no file systems of their own";
}
