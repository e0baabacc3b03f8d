namespace Kube.Load.Api;

/// <summary>What to measure of an API server.</summary>
internal sealed record ApiBenchOptions
{
    /// <summary>requests, writes, lists, watch, startup: any of them.</summary>
    public required IReadOnlySet<string> Parts { get; init; }

    /// <summary>How often each row is measured; the median counts.</summary>
    public required int Rounds { get; init; }

    /// <summary>Factor on the number of requests.</summary>
    public required double Scale { get; init; }

    /// <summary>Sizes of the lists, ascending.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    public required int Watchers { get; init; }

    /// <summary>Events a second for the watchers, and for how long.</summary>
    public required int EventsPerSecond { get; init; }

    public required int WatchSeconds { get; init; }

    /// <summary>The page to write the tables to, with the plot beside it; null to print only.</summary>
    public string? Page { get; init; }
}
