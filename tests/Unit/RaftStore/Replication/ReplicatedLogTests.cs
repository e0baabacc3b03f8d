using System.Text;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Server;
using Kube.RaftStore.Transport;

namespace Kube.RaftStore.Tests.Replication;

public class ReplicatedLogTests
{
    [Fact]
    public async Task Single_member_applies_in_order_and_answers()
    {
        await using var cluster = new TestCluster(1);
        await cluster.StartAllAsync();
        for (var i = 1; i <= 100; i++)
        {
            Assert.Equal(i, await cluster.ProposeAsync(1, $"c{i}"));
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"c{i}"), cluster.Machines[1].Commands);
        Assert.True(await cluster.Logs[1].ReadIndexAsync(CancellationToken.None) >= 102);
    }

    [Fact]
    public async Task Three_members_take_proposals_everywhere_and_agree()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => cluster.ProposeAsync((ulong)(i % 3) + 1, $"c{i}")));
        await TestCluster.Until(() => cluster.Machines.Values.All(m => m.Commands.Count == 300), "all members to apply");
        Assert.Equal(300, cluster.Machines[1].Commands.Distinct().Count());
        Assert.Equal(cluster.Machines[1].Commands, cluster.Machines[2].Commands);
        Assert.Equal(cluster.Machines[1].Commands, cluster.Machines[3].Commands);
    }

    [Fact]
    public async Task Read_index_covers_what_was_acknowledged_before()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        for (var i = 0; i < 50; i++)
        {
            await cluster.ProposeAsync((ulong)(i % 3) + 1, $"c{i}");
            var reader = (ulong)((i + 1) % 3) + 1;
            await cluster.Logs[reader].ReadIndexAsync(CancellationToken.None);
            Assert.Contains($"c{i}", cluster.Machines[reader].Commands);
        }
    }

    [Fact]
    public async Task Leader_crash_loses_nothing_and_fails_no_request_of_the_others()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        for (var round = 0; round < 3; round++)
        {
            var leader = cluster.Leader.Status.MemberId;
            var others = cluster.Logs.Keys.Where(k => k != leader).ToArray();
            var before = cluster.Machines[others[0]].Commands.Count;
            var writes = Enumerable.Range(0, 60).Select(i => cluster.ProposeAsync(others[i % 2], $"r{round}-{i}")).ToArray();
            await cluster.CrashAsync(leader);
            await Task.WhenAll(writes);
            await cluster.StartAsync(leader);
            await cluster.WaitForLeaderAsync();
            await TestCluster.Until(() => cluster.Machines.Values.All(m => m.Commands.Count == before + 60), "all members to apply");
            Assert.Equal(before + 60, cluster.Machines[leader].Commands.Distinct().Count());
            Assert.Equal(cluster.Machines[1].Commands, cluster.Machines[2].Commands);
            Assert.Equal(cluster.Machines[1].Commands, cluster.Machines[3].Commands);
        }
    }

    [Fact]
    public async Task A_follower_whose_leader_thinks_it_far_behind_is_sent_entries_again()
    {
        await using var cluster = new TestCluster(3, o => o with { SnapshotCount = 20, SnapshotCatchUpEntries = 2 });
        await cluster.StartAllAsync();
        for (var i = 0; i < 60; i++)
        {
            await cluster.ProposeAsync(1, $"c{i}");
        }

        await TestCluster.Until(
            () => cluster.Machines.Values.All(m => m.Commands.Count == 60) && cluster.Storages.Values.All(s => s.LatestSnapshot.Index > 40), "snapshots");
        var leader = cluster.Leader.Status;
        var follower = cluster.Logs.Keys.First(id => id != leader.MemberId);
        // An answer from before it had anything, come late: the leader now offers a snapshot that the follower does not want.
        var way = cluster.Network.Join(99);
        way.SetPeers([new RaftPeer(leader.MemberId, [])]);
        way.Send([new Message { Type = MessageType.HeartbeatResponse, From = follower, To = leader.MemberId, Term = leader.Term, Index = 1 }]);
        await cluster.ProposeAsync(leader.MemberId, "last");
        await TestCluster.Until(() => cluster.Machines[follower].Commands.Count == 61, "the follower to be sent the last entry");
    }

    [Fact]
    public async Task All_crash_and_nothing_acknowledged_is_lost()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        var acknowledged = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            await cluster.ProposeAsync((ulong)(i % 3) + 1, $"c{i}");
            acknowledged.Add($"c{i}");
        }

        foreach (var id in new ulong[] { 1, 2, 3 })
        {
            await cluster.CrashAsync(id);
        }

        await cluster.StartAllAsync();
        await cluster.ProposeAsync(2, "last");
        await TestCluster.Until(() => cluster.Machines.Values.All(m => m.Commands.Count == 101), "all members to recover");
        Assert.Equal(acknowledged.Append("last"), cluster.Machines[3].Commands);
    }

    [Fact]
    public async Task Lagging_member_gets_a_snapshot()
    {
        await using var cluster = new TestCluster(3, o => o with { SnapshotCount = 50, SnapshotCatchUpEntries = 10 });
        await cluster.StartAllAsync();
        var follower = cluster.Logs.Values.First(l => !l.Status.IsLeader).Status.MemberId;
        cluster.Network.Isolate(follower, cut: true);
        var writer = cluster.Leader.Status.MemberId;
        for (var i = 0; i < 300; i++)
        {
            await cluster.ProposeAsync(writer, $"c{i}");
        }

        await TestCluster.Until(() => cluster.Storages[writer].FirstIndex > 200, "the log to be shortened");
        cluster.Network.Isolate(follower, cut: false);
        await TestCluster.Until(() => cluster.Machines[follower].Commands.Count == 300, "the follower to catch up");
        Assert.Equal(cluster.Machines[writer].Commands, cluster.Machines[follower].Commands);
        Assert.True(cluster.Storages[follower].LatestSnapshot.Index > 1);
        await cluster.CrashAsync(follower);
        await cluster.StartAsync(follower);
        await TestCluster.Until(() => cluster.Machines[follower].Commands.Count == 300, "the follower to recover");
    }

    [Fact]
    public async Task Member_joins_as_learner_is_promoted_and_another_removed()
    {
        await using var cluster = new TestCluster(3, o => o with { Peers = [.. Enumerable.Range(1, 4).Select(i => new RaftPeer((ulong)i, []))] });
        await cluster.StartAllAsync();
        await cluster.ProposeAsync(1, "before");
        var answer = await cluster.Logs[1].ProposeConfChangeAsync(
            ConfChange.Single(ConfChangeKind.AddLearner, 4), Encoding.UTF8.GetBytes("add-4"), CancellationToken.None);
        Assert.Equal(2, answer);
        await cluster.StartAsync(4, ConfState.Empty);
        await TestCluster.Until(() => cluster.Machines[4].Commands.Contains("add-4"), "the learner to catch up");
        Assert.True(cluster.Logs[4].Status.IsLearner);
        await cluster.Logs[2].ProposeConfChangeAsync(
            ConfChange.Single(ConfChangeKind.AddVoter, 4), Encoding.UTF8.GetBytes("promote-4"), CancellationToken.None);
        await TestCluster.Until(() => !cluster.Logs[4].Status.IsLearner, "the promotion");
        var leader = cluster.Leader.Status.MemberId;
        await cluster.Logs[leader].ProposeConfChangeAsync(
            ConfChange.Single(ConfChangeKind.Remove, leader), Encoding.UTF8.GetBytes("remove"), CancellationToken.None);
        await cluster.CrashAsync(leader);
        await cluster.WaitForLeaderAsync();
        await cluster.ProposeAsync(4, "after");
        Assert.DoesNotContain(leader, cluster.Logs[4].Membership.Members);
    }

    [Fact]
    public async Task Member_that_joins_after_a_snapshot_gets_one_that_knows_it()
    {
        await using var cluster = new TestCluster(3, o => o with
        {
            SnapshotCount = 20,
            SnapshotCatchUpEntries = 2,
            Peers = [.. Enumerable.Range(1, 4).Select(i => new RaftPeer((ulong)i, []))],
        });
        await cluster.StartAllAsync();
        for (var i = 0; i < 50; i++)
        {
            await cluster.ProposeAsync(1, $"c{i}");
        }

        await TestCluster.Until(() => cluster.Storages.Values.All(s => s.LatestSnapshot.Index > 20), "snapshots");
        await cluster.Logs[1].ProposeConfChangeAsync(ConfChange.Single(ConfChangeKind.AddLearner, 4), ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        await cluster.StartAsync(4, ConfState.Empty);
        await TestCluster.Until(() => cluster.Machines[4].Commands.Count == 50, "the learner to catch up");
    }

    [Fact]
    public async Task Inadmissible_change_is_refused_wherever_it_is_proposed()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        foreach (var id in new ulong[] { 1, 2, 3 })
        {
            var refused = await Assert.ThrowsAsync<ReplicationException>(async () => await cluster.Logs[id].ProposeConfChangeAsync(
                ConfChange.LeaveJoint, ReadOnlyMemory<byte>.Empty, CancellationToken.None));
            Assert.Equal(ReplicationFailure.ConfChangeRefused, refused.Reason);
        }
    }

    [Fact]
    public async Task Leadership_is_handed_over_under_load()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        var target = cluster.Logs.Keys.First(k => k != cluster.Leader.Status.MemberId);
        var writes = Enumerable.Range(0, 200).Select(i => cluster.ProposeAsync((ulong)(i % 3) + 1, $"c{i}")).ToArray();
        await cluster.Logs[(target % 3) + 1].TransferLeaderAsync(target, CancellationToken.None);
        await Task.WhenAll(writes);

        // Acknowledged is what the member asked has applied; the others follow.
        await TestCluster.Until(() => cluster.Machines[target].Commands.Count >= 200, "the new leader has applied all");
        Assert.Equal(200, cluster.Machines[target].Commands.Distinct().Count());
        Assert.Equal(200, cluster.Machines[target].Commands.Count);
    }

    [Fact]
    public async Task Without_quorum_requests_fail_in_time_and_nothing_is_acknowledged()
    {
        await using var cluster = new TestCluster(3, o => o with { RequestTimeout = TimeSpan.FromMilliseconds(600) });
        await cluster.StartAllAsync();
        cluster.Network.Isolate(1, cut: true);
        cluster.Network.Isolate(2, cut: true);
        var failures = await Task.WhenAll(new ulong[] { 1, 2, 3 }.Select(id => Assert.ThrowsAsync<ReplicationException>(() => cluster.ProposeAsync(id, "lost"))));
        Assert.All(failures, f => Assert.Contains(f.Reason, new[] { ReplicationFailure.NoLeader, ReplicationFailure.Timeout }));
        var read = await Assert.ThrowsAsync<ReplicationException>(async () => await cluster.Logs[3].ReadIndexAsync(CancellationToken.None));
        Assert.Equal(ReplicationFailure.Timeout, read.Reason);
    }

    [Fact]
    public async Task Full_disk_refuses_and_recovers()
    {
        await using var cluster = new TestCluster(1);
        await cluster.StartAllAsync();
        await cluster.ProposeAsync(1, "first");
        cluster.Storages[1].IsFull = true;
        var stuck = cluster.ProposeAsync(1, "second");
        await TestCluster.Until(
            () =>
            {
                try
                {
                    _ = cluster.Logs[1].ProposeAsync(new byte[] { 65 }, CancellationToken.None);
                    return false;
                }
                catch (ReplicationException e)
                {
                    return e.Reason == ReplicationFailure.NoSpace;
                }
            },
            "proposals to be refused");
        Assert.False(stuck.IsCompleted);
        cluster.Storages[1].IsFull = false;
        await stuck.WaitAsync(TestCluster.Bound);
        Assert.Equal("second", cluster.Machines[1].Commands[1]);
    }

    [Fact]
    public async Task Too_many_proposals_are_refused()
    {
        await using var cluster = new TestCluster(3, o => o with { MaxPendingProposals = 10, RequestTimeout = TimeSpan.FromSeconds(1) });
        await cluster.StartAllAsync();
        cluster.Network.Isolate(1, cut: true);
        var waiting = Enumerable.Range(0, 10).Select(_ => cluster.ProposeAsync(1, "x")).ToArray();
        var refused = await Assert.ThrowsAsync<ReplicationException>(() => cluster.ProposeAsync(1, "y"));
        Assert.Equal(ReplicationFailure.TooManyRequests, refused.Reason);
        foreach (var one in waiting)
        {
            await Assert.ThrowsAsync<ReplicationException>(() => one);
        }
    }

    [Fact]
    public async Task Stopping_ends_what_waits()
    {
        var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        cluster.Network.Isolate(1, cut: true);
        var waiting = cluster.ProposeAsync(1, "x");
        await cluster.CrashAsync(1);
        var stopped = await Assert.ThrowsAsync<ReplicationException>(() => waiting);
        Assert.Equal(ReplicationFailure.Stopped, stopped.Reason);
        await cluster.DisposeAsync();
    }
}
