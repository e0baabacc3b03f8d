namespace Kube.RaftStore.Simulation.Network;

/// <summary>What a network is like when nothing is cut.</summary>
internal sealed record NetworkOptions
{
    public int MinDelayUs { get; init; } = 200;

    public int MaxDelayUs { get; init; } = 3_000;

    /// <summary>How often a message takes a long way, and how long that is at most.</summary>
    public double DetourChance { get; init; }

    public int MaxDetourUs { get; init; } = 400_000;

    public double LossChance { get; init; }

    public double DuplicateChance { get; init; }

    /// <summary>Whether a link delivers in the order of sending, as a stream does.</summary>
    public bool IsOrdered { get; init; }

    /// <summary>How often a snapshot's stream breaks at a chunk.</summary>
    public double StreamBreakChance { get; init; }

    public int SnapshotChunkBytes { get; init; } = 512;
}
