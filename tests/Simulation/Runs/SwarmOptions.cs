using Kube.Base;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Replication;
using Kube.RaftStore.Simulation.Network;

namespace Kube.RaftStore.Simulation.Runs;

/// <summary>What can go wrong in a run, one by one, so that a swarm of seeds tries many combinations.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>Processes are killed, with or without the power going.</summary>
    Crash = 1 << 0,

    /// <summary>Power goes between two steps of a member's work.</summary>
    StepCrash = 1 << 1,

    /// <summary>Members are stopped and started in order, one or all in turn.</summary>
    Restart = 1 << 2,

    /// <summary>The network falls into two halves.</summary>
    Partition = 1 << 3,

    /// <summary>Links are cut in one direction.</summary>
    OneWay = 1 << 4,

    /// <summary>Links come and go.</summary>
    Flap = 1 << 5,

    /// <summary>The leader is cut off.</summary>
    IsolateLeader = 1 << 6,

    /// <summary>Processes stand still for a while.</summary>
    Freeze = 1 << 7,
    SlowDisk = 1 << 8,
    FullDisk = 1 << 9,

    /// <summary>A sync fails: the member stops.</summary>
    SyncError = 1 << 10,

    /// <summary>What is on a disk rots: the member cannot start again and is replaced.</summary>
    Rot = 1 << 11,

    /// <summary>Members are added, promoted, demoted and removed.</summary>
    Membership = 1 << 12,

    /// <summary>Leadership is handed over.</summary>
    Transfer = 1 << 13,

    /// <summary>A member comes back as itself with an empty disk.</summary>
    Wipe = 1 << 14,

    /// <summary>The leader hears nothing, or nobody hears it.</summary>
    DeafLeader = 1 << 15,

    /// <summary>What is newest comes to a bare majority; then one of that majority, which has lost its power or its disk, is left with the others.</summary>
    BareMajority = 1 << 16,

    /// <summary>The leader is left with learners alone.</summary>
    LearnerSide = 1 << 17,

    /// <summary>A member loses power right after it has voted, and is back at once.</summary>
    VoteCrash = 1 << 18,

    /// <summary>Leaders end or are cut off soon after they were elected.</summary>
    LeaderFall = 1 << 19,

    /// <summary>Voters are swapped for learners, and the network is cut between the halves of the joint configuration.</summary>
    JointCut = 1 << 20,

    /// <summary>The founders begin with the build before the present one and its formats, and are upgraded one after the other.</summary>
    Upgrade = 1 << 21,

    /// <summary>A member is cut off while others take the places of all those it knows.</summary>
    SleepThrough = 1 << 22,
    All = (1 << 23) - 1,
}

/// <summary>Everything that a seed decides about a run. A shrinking run changes some of it and leaves the rest.</summary>
internal sealed record SwarmOptions
{
    public required ulong Seed { get; init; }

    public required int Members { get; init; }

    /// <summary>Virtual time with clients and faults, before everything is healed.</summary>
    public required int DurationSeconds { get; init; }

    public required Faults Faults { get; init; }

    /// <summary>Virtual time between two faults, on average.</summary>
    public required int FaultIntervalMs { get; init; }

    public required int KvClients { get; init; }

    public required int LeaseClients { get; init; }

    /// <summary>Watchers of parts of the key space, beside the one of all.</summary>
    public required int Watchers { get; init; }

    public required bool Compacts { get; init; }

    public required int Keys { get; init; }

    /// <summary>What a client waits between two operations, on average.</summary>
    public required int ThinkMs { get; init; }

    /// <summary>Most operations of a client.</summary>
    public int MaxOperations { get; init; } = int.MaxValue;

    /// <summary>How far a member's clock may go faster or slower, as a fraction.</summary>
    public required double ClockDrift { get; init; }

    public required int SyncUs { get; init; }

    /// <summary>How often a lease is renewed at the very end of its time.</summary>
    public double LateRenewalChance { get; init; }

    /// <summary>Virtual time between two looks at what members hold, which must not grow; 0 for none.</summary>
    public int MeasuresEverySeconds { get; init; }

    public required NetworkOptions Network { get; init; }

    public required ReplicatedLogOptions Log { get; init; }

    public required StoreServerOptions Server { get; init; }

    /// <summary>Draws a run's options from its seed.</summary>
    public static SwarmOptions Draw(ulong seed)
    {
        var profiles = Enum.GetValues<Profile>();
        // A generator of its own, as the one below is.
        var prng = new Prng(seed ^ 0x5052_4F46_494CUL);
        return Profiles.Shape(DrawPlain(seed), prng.Chance(0.5) ? profiles[prng.Next(profiles.Length)] : Profile.Any);
    }

    /// <summary>Options in which everything happens a little.</summary>
    public static SwarmOptions DrawPlain(ulong seed)
    {
        // Not the generator of the run itself: options changed by hand must not shift it.
        var prng = new Prng(seed ^ 0x5157_4152_4D21UL);
        int[] sizes = [1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 5, 7];
        var members = sizes[prng.Next(sizes.Length)];
        var isRough = prng.Chance(0.5);
        return new SwarmOptions
        {
            Seed = seed,
            Members = members,
            DurationSeconds = prng.Next(10, 90),
            Faults = DrawFaults(prng),
            FaultIntervalMs = prng.Next(300, 5_000),
            KvClients = prng.Next(1, 5),
            LeaseClients = prng.Next(0, 3),
            Watchers = prng.Next(0, 4),
            Compacts = prng.Chance(0.5),
            Keys = prng.Next(1, 12),
            ThinkMs = (int)Math.Pow(10, 1.3 + (1.7 * prng.NextDouble())),
            ClockDrift = prng.Chance(0.5) ? prng.NextDouble() * 0.1 : 0,
            SyncUs = prng.Next(50, 8_000),
            Network = new NetworkOptions
            {
                MinDelayUs = prng.Next(50, 500),
                MaxDelayUs = prng.Next(600, prng.Chance(0.2) ? 60_000 : 5_000),
                DetourChance = isRough ? prng.NextDouble() * 0.05 : 0,
                LossChance = isRough ? prng.NextDouble() * 0.1 : 0,
                DuplicateChance = isRough ? prng.NextDouble() * 0.1 : 0,
                IsOrdered = prng.Chance(0.5),
                StreamBreakChance = prng.Chance(0.5) ? prng.NextDouble() * 0.1 : 0,
                SnapshotChunkBytes = prng.Next(64, 4096),
            },
            Log = new ReplicatedLogOptions
            {
                MemberId = 1,
                PreVote = prng.Chance(0.8),
                SnapshotCount = (ulong)prng.Next(10, 300),
                SnapshotCatchUpEntries = (ulong)prng.Next(0, 60),
            },
            Server = new StoreServerOptions
            {
                ClusterId = 1,
                MemberId = 1,
                Members = [],
                WatchProgressNotifyInterval = TimeSpan.FromMilliseconds(prng.Next(200, 5_000)),
            },
        };
    }

    /// <summary>A cluster of three that has little to do for hours, with a fault every ten minutes.</summary>
    public static SwarmOptions DrawLong(ulong seed, int hours)
    {
        var plain = DrawPlain(seed);
        return plain with
        {
            Members = 3,
            DurationSeconds = hours * 3600,
            Faults = Faults.Crash | Faults.Restart | Faults.Partition | Faults.Freeze | Faults.Transfer,
            FaultIntervalMs = 600_000,
            KvClients = 2,
            LeaseClients = 1,
            Watchers = 1,
            Compacts = true,
            Keys = 8,
            ThinkMs = 10_000,
            MeasuresEverySeconds = 1800,
            Network = plain.Network with { LossChance = 0, DetourChance = 0, DuplicateChance = 0, StreamBreakChance = 0 },
            Log = plain.Log with { SnapshotCount = 200, SnapshotCatchUpEntries = 50 },
        };
    }

    private static Faults DrawFaults(Prng prng)
    {
        var faults = Faults.None;
        // Each one is absent from most runs, so that what it would mask can be seen in the others.
        var density = prng.NextDouble() * 0.6;
        for (var bit = 0; bit < 15; bit++) // The rest come with profiles.
        {
            faults |= prng.Chance(density) ? (Faults)(1 << bit) : Faults.None;
        }

        faults |= prng.Chance(0.15) ? Faults.Upgrade : Faults.None;
        return faults;
    }
}
