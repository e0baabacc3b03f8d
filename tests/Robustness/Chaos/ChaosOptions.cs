namespace Kube.Robustness.Chaos;

/// <summary>Which store is put under faults.</summary>
internal enum Target
{
    /// <summary>`kube store serve` of this repository.</summary>
    Kube,

    /// <summary>etcd as installed on this machine: the harness itself is judged by it.</summary>
    Etcd,
}

/// <summary>What one run does.</summary>
internal sealed record ChaosOptions
{
    public required TimeSpan Duration { get; init; }

    public required ulong Seed { get; init; }

    public required int Members { get; init; }

    public required Target Against { get; init; }

    /// <summary>The kube executable, or etcd's.</summary>
    public required string Executable { get; init; }

    /// <summary>Holds data, certificates and logs of the run. Null for a temporary one, which is removed unless the
    /// run found a violation.</summary>
    public string? Home { get; init; }

    /// <summary>Where the HTML page goes; null for none.</summary>
    public string? ReportFile { get; init; }

    /// <summary>First port in plain mode, where all members share the loopback address.</summary>
    public required int Port { get; init; }

    /// <summary>Whether this process is alone in network, mount and process namespaces of its own.</summary>
    public required bool IsIsolated { get; init; }

    /// <summary>Names of the only faults to inject; empty for all.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Operations a second that all clients together aim at.</summary>
    public required int Rate { get; init; }

    /// <summary>Given to the members as --heartbeat-interval.</summary>
    public int HeartbeatIntervalMs { get; init; } = 100;

    /// <summary>Given to the members as --election-timeout.</summary>
    public int ElectionTimeoutMs { get; init; } = 1000;

    /// <summary>With everything healed, all members have to be healthy within this; after a single fault, a write has to be
    /// acknowledged within half of it.</summary>
    public required TimeSpan HealLimit { get; init; }

    /// <summary>Small, so that members which were away are caught up by snapshots too.</summary>
    public int SnapshotCount { get; init; } = 2000;

    /// <summary>The deliberate bug that the members have, their executable being the broken store's; null for none.</summary>
    public string? Plant { get; init; }

    /// <summary>The commit that the report names.</summary>
    public required string Commit { get; init; }
}

/// <summary>How the process ends.</summary>
internal static class ExitCodes
{
    public const int Sound = 0;

    /// <summary>The store broke a promise.</summary>
    public const int Violation = 1;

    public const int Usage = 2;

    /// <summary>The harness could not do its work; says nothing about the store.</summary>
    public const int HarnessError = 3;

    /// <summary>Ended by a signal before its time, with nothing found.</summary>
    public const int Interrupted = 130;
}

/// <summary>The harness, not the store, failed: a tool is missing, a mount refused.</summary>
internal sealed class HarnessException(string message, Exception? inner = null) : Exception(message, inner);
