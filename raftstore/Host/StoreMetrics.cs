using System.Diagnostics.Metrics;
using System.Globalization;
using Kube.RaftStore.Server;
using Kube.RaftStore.Transport.Grpc;
using Kube.Rpc.Server;

namespace Kube.RaftStore.Host;

/// <summary>
/// What a member measures of itself, under etcd's names where the meaning is the same (docs/operations/store.md has the list). All of it is
/// looked up when somebody asks.
/// </summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly StoreServices _services;
    private readonly StoreServer _server;
    private readonly IReplicatedLog _log;
    private ulong _lastLeader;
    private long _leaderChanges;

    /// <param name="services">The services of the member.</param>
    /// <param name="peers">Its way to the others; null for none.</param>
    public StoreMetrics(StoreServices services, GrpcRaftTransport? peers)
    {
        _services = services;
        _meter = new Meter(new MeterOptions("Kube.RaftStore") { Scope = services });
        _server = services.Server;
        _log = services.Server.Log;
        MeasureReplication();
        MeasureKeySpace();
        MeasureWatchesAndLeases();
        MeasureClients();
        if (peers is not null)
        {
            MeasurePeers(peers);
        }
        OnLeadershipChanged(_log.Status);
        _log.LeadershipChanged += OnLeadershipChanged;
    }

    public void Dispose()
    {
        _log.LeadershipChanged -= OnLeadershipChanged;
        _meter.Dispose();
    }

    private void MeasureReplication()
    {
        var version = _server.Options.Version;
        Gauge("etcd_server_has_leader", "Whether a leader is known: 1 or 0.", () => _log.Status.LeaderId != 0 ? 1 : 0);
        Gauge("etcd_server_is_leader", "Whether this member leads: 1 or 0.", () => _log.Status.IsLeader ? 1 : 0);
        Gauge("etcd_server_is_learner", "Whether this member has no vote: 1 or 0.", () => _log.Status.IsLearner ? 1 : 0);
        Counter("etcd_server_leader_changes_seen_total", "Changes of leader that this member has seen.", () => Interlocked.Read(ref _leaderChanges));
        Gauge("etcd_server_proposals_committed_total", "Last index known to be committed.", () => _log.Status.CommitIndex);
        Gauge("etcd_server_proposals_applied_total", "Last index applied.", () => _log.Status.AppliedIndex);
        Gauge("etcd_server_proposals_pending", "Proposals of this member that wait for their answer.", () => _server.PendingProposals);
        Counter("etcd_server_proposals_failed_total", "Proposals of this member that failed or whose outcome is unknown.", () => _server.FailedProposals);
        Counter("etcd_server_read_indexes_failed_total", "Reads that could not be proved current.", () => _server.FailedReads);
        Gauge("etcd_server_quota_backend_bytes", "Size above which the store stops to grow.", () => _server.Options.QuotaBytes);
        Label("etcd_server_version", "server_version", version);
        Label("etcd_cluster_version", "cluster_version", version[..version.LastIndexOf('.')]);
        Label("etcd_server_id", "server_id", Hex(_server.Options.MemberId));
    }

    private void MeasureKeySpace()
    {
        var (store, totals) = (_server.Machine.Store, _server.Machine.Totals);
        Gauge("etcd_mvcc_db_total_size_in_bytes", "Bytes of all versions held.", () => store.SizeBytes);
        Gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Bytes of all versions held: what is given up is given back.", () => store.SizeBytes);
        Gauge("etcd_debugging_mvcc_keys_total", "Keys in the index.", () => store.IndexedKeys);
        Gauge("etcd_debugging_mvcc_current_revision", "The newest revision.", () => store.CurrentRevision);
        Gauge("etcd_debugging_mvcc_compact_revision", "The last compaction revision.", () => store.CompactRevision);
        Gauge("etcd_debugging_mvcc_total_put_size_in_bytes", "Bytes of keys and values put.", () => totals.PutBytes);
        foreach (var name in new[] { "etcd_mvcc_", "etcd_debugging_mvcc_" })
        {
            Counter(name + "put_total", "Puts seen by this member.", () => totals.Puts);
            Counter(name + "delete_total", "Deletions seen by this member.", () => totals.Deletes);
            Counter(name + "range_total", "Ranges seen by this member.", () => totals.Ranges);
            Counter(name + "txn_total", "Transactions of more than one operation seen by this member.", () => totals.Txns);
        }
        Gauge("etcd_debugging_auth_revision", "Changes of users and roles.", () => _server.Machine.Auth.Current.Revision);
    }

    private void MeasureWatchesAndLeases()
    {
        var (watches, machine) = (_services.Watches, _server.Machine);
        Gauge("etcd_debugging_mvcc_watcher_total", "Watches open on this member.", () => watches.WatcherCount);
        Gauge("etcd_debugging_mvcc_watch_stream_total", "Streams of watches open on this member.", () => watches.StreamCount);
        Gauge("etcd_debugging_mvcc_slow_watcher_total", "Watches that are behind and read history.", () => watches.LaggingCount);
        Counter("etcd_debugging_mvcc_events_total", "Events sent by this member.", () => watches.EventsSent);
        Counter("etcd_debugging_lease_granted_total", "Leases granted.", () => machine.Totals.LeaseGrants);
        Counter("etcd_debugging_lease_revoked_total", "Leases revoked or run out.", () => machine.Totals.LeaseRevocations);
        Counter("etcd_debugging_server_lease_expired_total", "Leases that this member has ended because their time was over.", () => _services.ExpiredLeases);
        Gauge("kube_store_leases", "Leases granted and not ended.", () => machine.Leases.Count);
    }

    private void MeasureClients()
    {
        Counter("etcd_network_client_grpc_received_bytes_total", "Bytes of the messages received from gRPC clients.", static () => ClientBytes(static method => method.ReceivedBytes));
        Gauge("kube_store_large_answers_bytes", "Bytes of memory taken by large answers to ranges that are on their way.", () => _server.AnswerBytes);
        Gauge("kube_store_large_answers_waiting", "Large answers to ranges that wait for room.", () => _server.WaitingAnswers);
        Counter("etcd_network_client_grpc_sent_bytes_total", "Bytes of the messages sent to gRPC clients.", static () => ClientBytes(static method => method.SentBytes));
    }

    private void MeasurePeers(GrpcRaftTransport peers)
    {
        OfPeers("etcd_network_peer_sent_bytes_total", "Bytes of messages sent to a peer, without snapshots.", "To", static peer => peer.SentBytes);
        OfPeers("etcd_network_peer_received_bytes_total", "Bytes of messages received from a peer, without snapshots.", "From", static peer => peer.ReceivedBytes);
        OfPeers("etcd_network_peer_sent_failures_total", "Messages not taken for a peer, and connections to it that failed.", "To", static peer => peer.SendFailures);
        var self = Hex(_server.Options.MemberId);
        _meter.CreateObservableGauge(
            "etcd_network_active_peers",
            () => peers.Traffic.All.Select(peer => new Measurement<int>(peers.ConnectedFor(peer.Key) is null ? 0 : 1, new("Local", self), new("Remote", Hex(peer.Key)))),
            description: "Whether the connection to a peer stands: 1 or 0.");
        _meter.CreateObservableCounter(
            "etcd_network_disconnected_peers_total",
            () => peers.Traffic.All.Select(peer => new Measurement<long>(peer.Value.Disconnections, new("Local", self), new("Remote", Hex(peer.Key)))),
            description: "Connections to a peer that stood and broke.");

        void OfPeers(string name, string description, string label, Func<PeerTraffic, long> value) => _meter.CreateObservableCounter(
            name,
            () => peers.Traffic.All.Select(peer => new Measurement<long>(value(peer.Value), new KeyValuePair<string, object?>(label, Hex(peer.Key)))),
            description: description);
    }

    private void Gauge(string name, string description, Func<double> value) => _meter.CreateObservableGauge(name, value, description: description);

    private void Counter(string name, string description, Func<long> value) => _meter.CreateObservableCounter(name, value, description: description);

    private void Label(string name, string label, string value) => _meter.CreateObservableGauge(
        name, () => new Measurement<int>(1, new KeyValuePair<string, object?>(label, value)), description: "1, with the value as label.");

    /// <summary>Of etcd's services; members' own run in this process too.</summary>
    private static long ClientBytes(Func<ServerMetrics, long> bytes)
        => ServerMetrics.All.Where(static method => method.ServiceName is ['e', 't', 'c', 'd', ..] or ['v', '3', ..]).Sum(bytes);

    private static string Hex(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    private void OnLeadershipChanged(ReplicationStatus status)
    {
        if (status.LeaderId != 0 && status.LeaderId != _lastLeader)
        {
            _lastLeader = status.LeaderId;
            Interlocked.Increment(ref _leaderChanges);
        }
    }
}
