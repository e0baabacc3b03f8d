using Etcd.V3;
using Grpc.Core;
using Kube.Base;
using Kube.Testing;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>A new member joins as learner and is promoted; then one of the others, perhaps the leader, is removed.</summary>
internal sealed class ReplaceMember : Fault
{
    private static readonly TimeSpan AdditionLimit = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan PromotionLimit = TimeSpan.FromSeconds(60);

    public override async Task<string> InjectAsync(FaultContext context)
    {
        var cluster = context.Cluster;
        var through = await cluster.FindLeaderAsync() ?? throw new FaultSkippedException("no leader");
        var client = new Etcd.V3.Cluster.ClusterClient(cluster.Admin(through));
        var address = await cluster.Network.AddAsync(cluster.NextNumber);
        var id = await AddAsync(cluster, client, through, address.PeerUrl);
        var joining = await cluster.AddMemberAsync(address.Number);
        cluster.StartJoining(joining);
        await PromoteAsync(cluster, id);
        cluster.PublishEndpoints();

        var leaving = context.Some(1, except: address.Number)[0];
        await RemoveAsync(cluster, leaving);
        return $"{joining.Address.Name} joined as learner and was promoted, {leaving.Address.Name} was removed";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.Zero;

    private static CallOptions Soon() => new(deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5));

    /// <summary>Adds a learner; after a fault the store refuses until its members have been connected for a while.</summary>
    private static async Task<ulong> AddAsync(Cluster.StoreCluster cluster, Etcd.V3.Cluster.ClusterClient client, int through, string peerUrl)
    {
        ulong id = 0;
        var last = "";
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    try
                    {
                        id = (await client.MemberAddAsync(new MemberAddRequest { PeerURLs = { peerUrl }, IsLearner = true }, Soon())).Member.ID;
                        return true;
                    }
                    catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
                    {
                        throw new FaultSkippedException("MemberAdd: " + e.Status.Detail);
                    }
                    catch (RpcException e)
                    {
                        // With no answer it may be added all the same; then it is known by its URL.
                        last = e.Status.Detail;
                        id = await FindAsync(cluster, through, peerUrl);
                        await Task.Delay(200);
                        return id != 0;
                    }
                },
                "the learner is added",
                AdditionLimit);
        }
        catch (TimeoutException)
        {
            throw new FaultSkippedException("MemberAdd: " + last);
        }

        return id;
    }

    private static async Task<ulong> FindAsync(Cluster.StoreCluster cluster, int through, string peerUrl)
    {
        try
        {
            return (await cluster.ListMembersAsync(through)).FirstOrDefault(member => member.PeerURLs.Contains(peerUrl))?.ID ?? 0;
        }
        catch (RpcException)
        {
            return 0;
        }
    }

    /// <summary>Promotes the learner once it has caught up; the store refuses before.</summary>
    private static Task PromoteAsync(Cluster.StoreCluster cluster, ulong id)
    {
        return Eventually.HoldsAsync(
            async () =>
            {
                foreach (var number in cluster.Members.Keys.ToArray())
                {
                    try
                    {
                        var client = new Etcd.V3.Cluster.ClusterClient(cluster.Admin(number));
                        if ((await client.MemberListAsync(new MemberListRequest { Linearizable = true }, Soon())).Members.Any(member => member.ID == id && !member.IsLearner))
                        {
                            return true;
                        }

                        await client.MemberPromoteAsync(new MemberPromoteRequest { ID = id }, Soon());
                        return true;
                    }
                    catch (RpcException)
                    {
                        continue; // not caught up yet, or the change before is not through: asked again
                    }
                }

                await Task.Delay(200);
                return false;
            },
            "the learner is promoted",
            PromotionLimit);
    }

    private static async Task RemoveAsync(Cluster.StoreCluster cluster, Cluster.Member leaving)
    {
        leaving.ExpectEnd();
        await Eventually.HoldsAsync(
            async () =>
            {
                foreach (var number in cluster.Members.Keys.Where(number => number != leaving.Address.Number).ToArray())
                {
                    try
                    {
                        var client = new Etcd.V3.Cluster.ClusterClient(cluster.Admin(number));
                        var there = (await client.MemberListAsync(new MemberListRequest { Linearizable = true }, Soon())).Members
                            .FirstOrDefault(member => member.PeerURLs.Contains(leaving.Address.PeerUrl));
                        if (there is not null)
                        {
                            await client.MemberRemoveAsync(new MemberRemoveRequest { ID = there.ID }, Soon());
                        }

                        return true;
                    }
                    catch (RpcException)
                    {
                        continue; // asked again, of the next member: it may have been removed all the same
                    }
                }

                await Task.Delay(200);
                return false;
            },
            $"{leaving.Address.Name} is removed",
            PromotionLimit);
        await cluster.DropAsync(leaving);
    }
}

/// <summary>The leader hands its office over.</summary>
internal sealed class MoveLeader : Fault
{
    public override async Task<string> InjectAsync(FaultContext context)
    {
        var leader = await context.PickAsync(isLeader: true) ?? throw new FaultSkippedException("no leader");
        var statuses = await context.Cluster.StatusesAsync();
        var others = statuses.Where(status => status.Key != leader.Address.Number && !status.Value.IsLearner).ToList();
        if (others.Count == 0)
        {
            throw new FaultSkippedException("nobody to hand over to");
        }

        var target = others[context.Random.Next(others.Count)];
        try
        {
            await new Maintenance.MaintenanceClient(context.Cluster.Admin(leader.Address.Number)).MoveLeaderAsync(
                new MoveLeaderRequest { TargetID = target.Value.Header.MemberId }, deadline: DateTime.UtcNow + TimeSpan.FromSeconds(5));
        }
        catch (RpcException e)
        {
            throw new FaultSkippedException("MoveLeader: " + e.Status.Detail);
        }

        return $"{leader.Address.Name} handed the leadership to m{target.Key}";
    }

    public override TimeSpan Duration(Prng random) => TimeSpan.FromMilliseconds(random.Next(0, 500));
}
