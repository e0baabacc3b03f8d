using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Server;
using Kube.RaftStore.Server.Members;
using Kube.Store.V1;

namespace Kube.RaftStore.Tests.Server;

/// <summary>etcd's Cluster service: what it refuses and in which words, and what the members hold afterwards.</summary>
public sealed class ClusterServiceTests : IAsyncLifetime
{
    private StoreHarness _store = null!;
    private GrpcChannel _channel = null!;
    private Cluster.ClusterClient _cluster = null!;
    private ulong _self;

    public async Task InitializeAsync()
    {
        _store = await StoreHarness.StartAsync();
        _channel = GrpcChannel.ForAddress(_store.Url);
        _cluster = new Cluster.ClusterClient(_channel);
        _self = _store.Log.Status.MemberId;
        var founder = new MemberBootstrap.Types.Founder { Id = _self, Name = "default" };
        founder.PeerUrls.Add("http://localhost:2380");
        await ApplyAsync(new Command { MemberBootstrap = new MemberBootstrap { Founders = { founder } } });
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Members_come_learn_vote_move_and_go()
    {
        var added = await _cluster.MemberAddAsync(Add("http://b:1", isLearner: true));
        var id = added.Member.ID;
        Assert.True(added.Member.IsLearner);
        Assert.Equal(2, added.Members.Count);
        Assert.Equal([id], _store.Log.Membership.Learners);

        var promoted = await _cluster.MemberPromoteAsync(new MemberPromoteRequest { ID = id });
        Assert.DoesNotContain(promoted.Members, static m => m.IsLearner);
        Assert.Equal(new[] { _self, id }.Order(), _store.Log.Membership.Voters);

        var updated = await _cluster.MemberUpdateAsync(new MemberUpdateRequest { ID = id, PeerURLs = { "http://b:3", "http://b:2" } });
        Assert.Equal(["http://b:2", "http://b:3"], updated.Members.Single(m => m.ID == id).PeerURLs);

        var removed = await _cluster.MemberRemoveAsync(new MemberRemoveRequest { ID = id });
        Assert.Equal(_self, Assert.Single(removed.Members).ID);
        Assert.True(_store.Machine.Members.IsRemoved(id));
        Assert.Equal([_self], _store.Log.Membership.Voters);
        var list = await _cluster.MemberListAsync(new MemberListRequest { Linearizable = true });
        Assert.Equal(_self, Assert.Single(list.Members).ID);
        Assert.Equal(0, list.Header.Revision);
    }

    [Theory]
    [InlineData("ftp://b:1")]
    [InlineData("http://b")]
    [InlineData("http://b:1/path")]
    [InlineData("b:1")]
    [InlineData(null)]
    public async Task Urls_that_are_none_are_refused(string? url)
    {
        var request = new MemberAddRequest();
        if (url is not null)
        {
            request.PeerURLs.Add(url);
        }
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: given member URLs are invalid", () => _cluster.MemberAddAsync(request));
    }

    [Fact]
    public async Task Impossible_changes_are_refused_in_etcds_words()
    {
        var learner = (await _cluster.MemberAddAsync(Add("http://b:1", isLearner: true))).Member.ID;
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: Peer URLs already exists",
            () => _cluster.MemberAddAsync(new MemberAddRequest { PeerURLs = { "http://b:1", "http://b:9" } }));
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: Peer URLs already exists",
            () => _cluster.MemberUpdateAsync(new MemberUpdateRequest { ID = _self, PeerURLs = { "http://b:1" } }));
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: too many learner members in cluster",
            () => _cluster.MemberAddAsync(Add("http://c:1", isLearner: true)));
        await RefusedAsync(StatusCode.NotFound, "etcdserver: member not found", () => _cluster.MemberRemoveAsync(new MemberRemoveRequest { ID = 5 }));
        await RefusedAsync(StatusCode.NotFound, "etcdserver: member not found",
            () => _cluster.MemberUpdateAsync(new MemberUpdateRequest { ID = 5, PeerURLs = { "http://d:1" } }));
        await RefusedAsync(StatusCode.NotFound, "etcdserver: member not found", () => _cluster.MemberPromoteAsync(new MemberPromoteRequest { ID = 5 }));
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: can only promote a learner member",
            () => _cluster.MemberPromoteAsync(new MemberPromoteRequest { ID = _self }));
        _store.Log.BeforeChange = static _ => throw new Kube.RaftStore.Server.ReplicationException(Kube.RaftStore.Server.ReplicationFailure.LearnerNotReady, "");
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: can only promote a learner member which is in sync with leader",
            () => _cluster.MemberPromoteAsync(new MemberPromoteRequest { ID = learner }));
    }

    [Fact]
    public async Task A_quorum_at_risk_is_not_put_at_more()
    {
        // Added, and never started.
        await _cluster.MemberAddAsync(Add("http://b:1"));
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: re-configuration failed due to not enough started members",
            () => _cluster.MemberAddAsync(Add("http://c:1")));
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: re-configuration failed due to not enough started members",
            () => _cluster.MemberRemoveAsync(new MemberRemoveRequest { ID = _self }));
        var other = _store.Machine.Members.All.Keys.Single(id => id != _self);
        await ApplyAsync(new Command { Member = new MemberAttributes { Id = other, Name = "b" } });
        // Started, but out of reach.
        await RefusedAsync(StatusCode.Unavailable, "etcdserver: unhealthy cluster", () => _cluster.MemberAddAsync(Add("http://c:1", isLearner: true)));
        _store.Health.Connected[other] = MemberChecks.HealthInterval;
        await _cluster.MemberAddAsync(Add("http://c:1", isLearner: true));
    }

    [Fact]
    public async Task A_change_that_another_overtook_is_decided_upon_anew()
    {
        var tries = 0;
        _store.Log.BeforeChange = change =>
        {
            if (tries++ == 0)
            {
                // Another member's change to the same URL comes in between.
                _store.Log.BeforeChange = null;
                var command = new MemberChange { Kind = MemberChange.Types.Kind.AddLearner, Id = 77, PeerUrls = { "http://b:1" } };
                _ = _store.Log.ProposeConfChangeAsync(
                    ConfChange.Single(ConfChangeKind.AddLearner, 77) with { Base = change.Base }, new Command { MemberChange = command }.ToByteArray(), default);
            }
        };
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: Peer URLs already exists", () => _cluster.MemberAddAsync(Add("http://b:1")));
        Assert.Equal([77UL], _store.Log.Membership.Learners);
        Assert.Equal(2, _store.Machine.Members.All.Count);
    }

    [Fact]
    public async Task The_leader_moves_to_a_voter_and_from_the_leader_alone()
    {
        var maintenance = new Maintenance.MaintenanceClient(_channel);
        var other = (await _cluster.MemberAddAsync(Add("http://b:1", isLearner: true))).Member.ID;
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: bad leader transferee",
            () => maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = other }));
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: bad leader transferee",
            () => maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = 99 }));
        await _cluster.MemberPromoteAsync(new MemberPromoteRequest { ID = other });
        await maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = other });
        Assert.Equal([other], _store.Log.Transfers);
        await RefusedAsync(StatusCode.FailedPrecondition, "etcdserver: not leader",
            () => maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = _self }));
    }

    /// <summary>Before it has the log, it knows what it is from the members it asked. Taken for a voter, it would tell an
    /// operator that it had been promoted.</summary>
    [Fact]
    public async Task A_learner_that_has_not_the_log_yet_does_not_say_who_the_members_are()
    {
        await using var joining = await StoreHarness.StartAsync(configure: static options => options with
        {
            Members = [new ConfiguredMember(options.MemberId, "", ["http://b:1"], IsLearner: true)],
        });
        using var channel = GrpcChannel.ForAddress(joining.Url);
        var cluster = new Cluster.ClusterClient(channel);

        await RefusedAsync(StatusCode.Unavailable, "etcdserver: rpc not supported for learner", () => cluster.MemberListAsync(new MemberListRequest()));
    }

    private async Task ApplyAsync(Command command) => await _store.Log.ProposeAsync(command.ToByteArray(), default);

    private static MemberAddRequest Add(string url, bool isLearner = false) => new() { PeerURLs = { url }, IsLearner = isLearner };

    private static async Task RefusedAsync<T>(StatusCode code, string text, Func<AsyncUnaryCall<T>> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal((code, text), (error.StatusCode, error.Status.Detail));
    }
}
