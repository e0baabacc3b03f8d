using Kube.Robustness.Chaos.Cluster;
using Kube.Robustness.Chaos.Faults;
using Kube.Robustness.Chaos.Workload;
using Kube.Robustness.Checking;

namespace Kube.Robustness.Chaos.Report;

/// <summary>All that a run found.</summary>
internal sealed record RunResult
{
    public required ChaosOptions Options { get; init; }

    /// <summary>What runs: the executable and, from its own mouth, the version.</summary>
    public required string Version { get; init; }

    public required TimeSpan Length { get; init; }

    public required bool IsInterrupted { get; init; }

    public required string Clients { get; init; }

    public required IReadOnlyList<string> Obstacles { get; init; }

    public required IReadOnlyList<FaultRecord> Faults { get; init; }

    public required CheckReport Check { get; init; }

    /// <summary>Broken promises that are not in the history: members that hang, end by themselves or differ.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required IReadOnlyList<UnexpectedExit> Exits { get; init; }

    public required IReadOnlyList<LedgerEntry> Operations { get; init; }

    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>The hash of each member's state at the last revision.</summary>
    public required string Equality { get; init; }

    public required Figures Figures { get; init; }

    public bool IsSound => Check.IsSound && Problems.Count == 0;
}
