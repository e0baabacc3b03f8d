using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Server.Replication;

/// <summary>Work for the apply loop: entries in log order, or a snapshot that replaces the state.</summary>
/// <param name="Entries">Committed entries.</param>
/// <param name="Configurations">The membership after each membership change among them, in order.</param>
/// <param name="Snapshot">A snapshot in place to restore from.</param>
/// <param name="SizeBytes">What it counts for in the queue.</param>
internal sealed record ApplyItem(
    IReadOnlyList<Entry> Entries, IReadOnlyList<ConfState> Configurations, SnapshotMetadata? Snapshot, long SizeBytes);
