namespace Kube.RaftStore.Server.Upkeep;

/// <summary>By what automatic compaction goes.</summary>
public enum AutoCompactionMode
{
    /// <summary>By age: what was superseded longer ago than the retention goes.</summary>
    Periodic,

    /// <summary>By number: so many of the newest revisions stay readable.</summary>
    Revision,
}

/// <summary>How the store compacts by itself, as etcd's --auto-compaction-mode and --auto-compaction-retention.</summary>
/// <param name="Mode">By what it goes.</param>
/// <param name="Period">How long history stays readable, in <see cref="AutoCompactionMode.Periodic"/>.</param>
/// <param name="Revisions">How many revisions stay readable, in <see cref="AutoCompactionMode.Revision"/>.</param>
public sealed record AutoCompactionOptions(AutoCompactionMode Mode, TimeSpan Period, long Revisions);
