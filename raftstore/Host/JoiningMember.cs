using Grpc.Core;
using Kube.Hosting;
using Kube.RaftStore.Server;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport.Grpc;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>
/// A member that is started with --initial-cluster-state existing: the members that run tell it the cluster's id and
/// its own. Once it has data, those are in its data directory, and the flags only say where to look for others.
/// </summary>
internal sealed partial class JoiningMember(StoreOptions options, PeerTls? tls, TimeProvider time, ILogger logger)
{
    /// <summary>Who this member is.</summary>
    /// <exception cref="StartupException">The running members do not know it, or none of them answers.</exception>
    public async Task<ClusterIdentity> IdentifyAsync(CancellationToken cancellationToken)
    {
        if (FasterLogStorage.IdentityOf(options.DataDir) is { } held)
        {
            return new ClusterIdentity(held.ClusterId, held.MemberId, [], IsFounder: false);
        }
        var cluster = await FindAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new StartupException(
                "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs (--initial-cluster)");
        var own = options.InitialAdvertisePeerUrls.Order(StringComparer.Ordinal).ToList();
        var self = cluster.Members.FirstOrDefault(member => member.PeerUrls.SequenceEqual(own))
            ?? throw new StartupException(
                $"no member of cluster {cluster.ClusterId:x} has the peer URLs {string.Join(',', own)}: add it first (etcdctl member add), or "
                + "give --initial-advertise-peer-urls as it was added");
        Validate(cluster);
        return new ClusterIdentity(cluster.ClusterId, self.Id, Configured(cluster), IsFounder: false);
    }

    /// <summary>Asks the members of the initial cluster, until one answers, who the members are.</summary>
    /// <returns>Null when none answers.</returns>
    public async Task<KnownCluster?> FindAsync(CancellationToken cancellationToken)
    {
        KnownCluster? found = null;
        var own = options.InitialAdvertisePeerUrls.ToHashSet(StringComparer.Ordinal);
        foreach (var url in ClusterIdentity.Parse(options).Values.SelectMany(static urls => urls).Where(url => !own.Contains(url)))
        {
            try
            {
                var cluster = await MemberProbe.AskAsync(new Uri(url), tls, time, cancellationToken).ConfigureAwait(false);
                // One that is behind may not have heard of this member yet.
                found = cluster;
                if (cluster.Members.Any(member => member.PeerUrls.Any(own.Contains)))
                {
                    return cluster;
                }
            }
            catch (RpcException e)
            {
                LogNoAnswer(url, e.Status.Detail);
            }
        }
        return found;
    }

    /// <summary>The members as the services take them.</summary>
    public static IReadOnlyList<ConfiguredMember> Configured(KnownCluster cluster)
        => [.. cluster.Members.Select(static member => new ConfiguredMember(member.Id, member.Name, member.PeerUrls, member.IsLearner))];

    /// <summary>As etcd, refuses flags that name other members than there are: most likely it is another cluster.</summary>
    private void Validate(KnownCluster cluster)
    {
        var given = ClusterIdentity.Parse(options).Values.ToList();
        if (given.Count != cluster.Members.Count)
        {
            throw new StartupException(
                $"error validating peerURLs: member count is unequal: --initial-cluster names {given.Count}, the cluster has {cluster.Members.Count}");
        }
        foreach (var member in cluster.Members)
        {
            if (!given.Exists(urls => urls.SequenceEqual(member.PeerUrls)))
            {
                throw new StartupException(
                    $"error validating peerURLs: PeerURLs: no match found for existing member ({member.Id:x}, {string.Join(' ', member.PeerUrls)})");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Url} does not say who the members are: {Reason}")]
    private partial void LogNoAnswer(string url, string reason);
}
