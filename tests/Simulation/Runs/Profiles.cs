using Kube.Base;

namespace Kube.RaftStore.Simulation.Runs;

/// <summary>What a run is mostly about.</summary>
internal enum Profile
{
    Any,

    /// <summary>Elections, one after another: votes late, lost and doubled, leaders that fall.</summary>
    Elections,

    /// <summary>Never more copies than a majority, on slow disks that lose power.</summary>
    Majorities,

    /// <summary>Members come and go, by joint configurations too, and the network is cut meanwhile.</summary>
    Membership,

    /// <summary>Whoever is away for a moment comes back to a snapshot.</summary>
    Snapshots,

    /// <summary>Many clients of all kinds and few faults.</summary>
    Clients,

    /// <summary>Leaders that are deposed before they know it, while clients still read from them.</summary>
    Readers,

    /// <summary>Founders of the build before, upgraded one after the other, with snapshots all the time.</summary>
    Upgrades,
}

/// <summary>Makes a run one of a profile; what it does not speak of stays as drawn.</summary>
internal static class Profiles
{
    public static SwarmOptions Shape(SwarmOptions drawn, Profile profile)
    {
        var prng = new Prng(drawn.Seed ^ 0x5348_4150_45UL);
        return profile switch
        {
            Profile.Elections => ShapeElections(drawn, prng),
            Profile.Majorities => Several(drawn, prng) with
            {
                Faults = Faults.BareMajority | (drawn.Faults & (Faults.SlowDisk | Faults.StepCrash | Faults.Transfer)) | Draw(prng, 0.6, Faults.Wipe),
                FaultIntervalMs = prng.Next(300, 1_500),
                SyncUs = prng.Next(500, 60_000),
                ThinkMs = prng.Next(10, 60),
                KvClients = prng.Next(2, 5),
            },
            Profile.Membership => Several(drawn, prng) with
            {
                Members = 3,
                Faults = Faults.Membership | Faults.JointCut | Faults.LearnerSide | Draw(prng, 0.5, Faults.SleepThrough) | (drawn.Faults & (Faults.Crash | Faults.Transfer | Faults.Partition)),
                FaultIntervalMs = prng.Next(300, 1_000),
                ThinkMs = prng.Next(10, 100),
                KvClients = prng.Next(2, 5),
            },
            Profile.Snapshots => Several(drawn, prng) with
            {
                Faults = Faults.DeafLeader | Draw(prng, 0.5, Faults.Partition, Faults.OneWay, Faults.Flap, Faults.Crash, Faults.Restart, Faults.LeaderFall, Faults.Transfer),
                FaultIntervalMs = prng.Next(300, 2_000),
                ThinkMs = prng.Next(5, 40),
                KvClients = prng.Next(3, 6),
                LeaseClients = prng.Next(1, 3),
                Log = drawn.Log with { SnapshotCount = (ulong)prng.Next(5, 20), SnapshotCatchUpEntries = (ulong)prng.Next(0, 4) },
            },
            Profile.Clients => Several(drawn, prng) with
            {
                Faults = drawn.Faults & (Faults.SlowDisk | Faults.Restart | Faults.Transfer | Faults.Freeze),
                KvClients = prng.Next(3, 6),
                LeaseClients = prng.Next(2, 6),
                Watchers = prng.Next(2, 6),
                Compacts = true,
                ThinkMs = prng.Next(10, 60),
                LateRenewalChance = prng.NextDouble(),
                Network = drawn.Network with { DuplicateChance = prng.NextDouble() * 0.2 },
            },
            Profile.Readers => Several(drawn, prng) with
            {
                Faults = Faults.IsolateLeader | Faults.Freeze | Draw(prng, 0.5, Faults.DeafLeader, Faults.Transfer, Faults.Crash, Faults.Partition),
                FaultIntervalMs = prng.Next(500, 2_000),
                KvClients = prng.Next(6, 10),
                ThinkMs = prng.Next(5, 40),
                ClockDrift = prng.NextDouble() * 0.1,
            },
            Profile.Upgrades => Several(drawn, prng) with
            {
                Faults = Faults.Upgrade | Draw(prng, 0.4, Faults.Crash, Faults.Restart, Faults.Membership, Faults.Partition, Faults.Freeze, Faults.Transfer, Faults.StepCrash),
                FaultIntervalMs = prng.Next(1_000, 4_000),
                ThinkMs = prng.Next(10, 100),
                LeaseClients = prng.Next(0, 3),
                Log = drawn.Log with { SnapshotCount = (ulong)prng.Next(10, 60), SnapshotCatchUpEntries = (ulong)prng.Next(0, 10) },
            },
            _ => drawn,
        };
    }

    private static SwarmOptions ShapeElections(SwarmOptions drawn, Prng prng)
    {
        var isSlow = prng.Chance(0.6);
        return Several(drawn, prng) with
        {
            Faults = Draw(prng, 0.6, Faults.VoteCrash, Faults.LeaderFall, Faults.LeaderFall, Faults.IsolateLeader, Faults.Partition, Faults.DeafLeader, Faults.OneWay),
            FaultIntervalMs = prng.Next(300, 3_000),
            ThinkMs = prng.Next(10, 100),
            KvClients = prng.Next(2, 6),
            Network = drawn.Network with
            {
                IsOrdered = prng.Chance(0.3),
                DetourChance = isSlow ? prng.NextDouble() * 0.3 : 0,
                MaxDetourUs = 1_500_000,
                LossChance = prng.NextDouble() * 0.1,
                DuplicateChance = prng.NextDouble() * 0.1,
            },
            Log = drawn.Log with { PreVote = prng.Chance(0.5), MaxMessageBytes = prng.Chance(0.5) ? 1 : prng.Next(100, 2_000) },
        };
    }

    private static SwarmOptions Several(SwarmOptions drawn, Prng prng) =>
        drawn with { Members = prng.Chance(0.6) ? 3 : 5, DurationSeconds = prng.Next(20, 60) };

    private static Faults Draw(Prng prng, double chance, params Faults[] kinds)
    {
        var drawn = Faults.None;
        foreach (var kind in kinds)
        {
            drawn |= prng.Chance(chance) ? kind : Faults.None;
        }

        return drawn;
    }
}
