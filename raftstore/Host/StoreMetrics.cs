using System.Diagnostics.Metrics;
using Kube.RaftStore.Server;

namespace Kube.RaftStore.Host;

/// <summary>What a member measures of itself, under etcd's names where the meaning is the same.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter = new("Kube.RaftStore");
    private readonly IReplicatedLog _log;
    private readonly Counter<long> _leaderChanges;
    private ulong _lastLeader;

    public StoreMetrics(StoreServices services)
    {
        var (log, machine) = (services.Server.Log, services.Server.Machine);
        _log = log;
        _meter.CreateObservableGauge("etcd_server_has_leader", () => log.Status.LeaderId != 0 ? 1 : 0, description: "Whether a leader is known: 1 or 0.");
        _meter.CreateObservableGauge("etcd_server_is_leader", () => log.Status.IsLeader ? 1 : 0, description: "Whether this member leads: 1 or 0.");
        _meter.CreateObservableGauge("etcd_server_proposals_committed_total", () => (double)log.Status.CommitIndex, description: "Last index known to be committed.");
        _meter.CreateObservableGauge("etcd_server_proposals_applied_total", () => (double)log.Status.AppliedIndex, description: "Last index applied.");
        _meter.CreateObservableGauge("etcd_mvcc_db_total_size_in_bytes", () => machine.Store.SizeBytes, description: "Bytes of all versions held.");
        _meter.CreateObservableGauge("etcd_mvcc_db_total_size_in_use_in_bytes", () => machine.Store.SizeBytes, description: "Bytes of all versions held.");
        _meter.CreateObservableGauge("etcd_server_quota_backend_bytes", () => services.Server.Options.QuotaBytes, description: "Size above which the store stops to grow.");
        _meter.CreateObservableGauge("etcd_debugging_mvcc_keys_total", () => machine.Store.IndexedKeys, description: "Keys in the index.");
        _meter.CreateObservableGauge("etcd_debugging_mvcc_current_revision", () => machine.Store.CurrentRevision, description: "The newest revision.");
        _meter.CreateObservableGauge("etcd_debugging_mvcc_compact_revision", () => machine.Store.CompactRevision, description: "The last compaction revision.");
        _meter.CreateObservableGauge("etcd_debugging_mvcc_watcher_total", () => services.WatcherCount, description: "Watches open on this member.");
        _meter.CreateObservableGauge("etcd_debugging_lease_total", () => machine.Leases.Count, description: "Leases granted and not ended.");
        _meter.CreateObservableGauge("etcd_debugging_auth_revision", () => (double)machine.Auth.Current.Revision, description: "Changes of users and roles.");
        _meter.CreateObservableGauge("etcd_server_is_learner", () => log.Status.IsLearner ? 1 : 0, description: "Whether this member has no vote: 1 or 0.");
        var version = services.Server.Options.Version;
        _meter.CreateObservableGauge("etcd_server_version", () => new Measurement<int>(1, new KeyValuePair<string, object?>("server_version", version)), description: "1, with the version as label.");
        _meter.CreateObservableGauge(
            "etcd_cluster_version",
            () => new Measurement<int>(1, new KeyValuePair<string, object?>("cluster_version", version[..version.LastIndexOf('.')])),
            description: "1, with the version of the cluster as label.");
        var member = services.Server.Options.MemberId.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        _meter.CreateObservableGauge("etcd_server_id", () => new Measurement<int>(1, new KeyValuePair<string, object?>("server_id", member)), description: "1, with the member's id as label.");
        _leaderChanges = _meter.CreateCounter<long>("etcd_server_leader_changes_seen_total", description: "Changes of leader that this member has seen.");
        log.LeadershipChanged += OnLeadershipChanged;
    }

    public void Dispose()
    {
        _log.LeadershipChanged -= OnLeadershipChanged;
        _meter.Dispose();
    }

    private void OnLeadershipChanged(ReplicationStatus status)
    {
        if (status.LeaderId != 0 && status.LeaderId != _lastLeader)
        {
            _lastLeader = status.LeaderId;
            _leaderChanges.Add(1);
        }
    }
}
