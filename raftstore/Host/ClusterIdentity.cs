using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kube.Hosting;
using Kube.RaftStore.Server;

namespace Kube.RaftStore.Host;

/// <summary>
/// Who the members are, computed from the initial cluster just as etcd does (server/etcdserver/api/membership):
/// the same configuration gives the same ids on every member, and the same ids as in etcd.
/// </summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="MemberId">This member.</param>
/// <param name="Members">The members as far as they are known, this one included.</param>
/// <param name="IsFounder">Whether these are the members that begin the cluster.</param>
public sealed record ClusterIdentity(ulong ClusterId, ulong MemberId, IReadOnlyList<ConfiguredMember> Members, bool IsFounder = true)
{
    /// <exception cref="StartupException">The initial cluster is malformed or does not name this member.</exception>
    public static ClusterIdentity Of(StoreOptions options)
    {
        var members = Parse(options)
            .Select(member => new ConfiguredMember(IdOf(member.Value, options.InitialClusterToken), member.Key, [.. member.Value]))
            .OrderBy(static member => member.Id)
            .ToList();
        var self = members.Find(member => member.Name == options.Name)
            ?? throw new StartupException($"--initial-cluster has no member named '{options.Name}' (--name)");
        if (!self.PeerUrls.SequenceEqual(options.InitialAdvertisePeerUrls.Order(StringComparer.Ordinal)))
        {
            throw new StartupException(
                $"--initial-cluster gives '{options.Name}' the peer URLs {string.Join(',', self.PeerUrls)}, but "
                + $"--initial-advertise-peer-urls says {string.Join(',', options.InitialAdvertisePeerUrls)}");
        }
        if (members.Select(static member => member.Id).Distinct().Count() != members.Count)
        {
            throw new StartupException("--initial-cluster has two members with the same peer URLs");
        }
        var ids = new byte[members.Count * 8];
        for (var i = 0; i < members.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(ids.AsSpan(i * 8), members[i].Id);
        }
        return new ClusterIdentity(Head(ids), self.Id, members);
    }

    /// <summary>The members of the initial cluster by name, with their peer URLs in order.</summary>
    /// <exception cref="StartupException">It is malformed.</exception>
    internal static SortedDictionary<string, SortedSet<string>> Parse(StoreOptions options)
    {
        var members = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        if (options.InitialCluster.Length == 0)
        {
            members[options.Name] = new(options.InitialAdvertisePeerUrls, StringComparer.Ordinal);
            return members;
        }
        foreach (var part in options.InitialCluster.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !Uri.TryCreate(part[(at + 1)..], UriKind.Absolute, out _))
            {
                throw new StartupException($"--initial-cluster: '{part}' is not NAME=URL");
            }
            if (!members.TryGetValue(part[..at], out var urls))
            {
                members.Add(part[..at], urls = new(StringComparer.Ordinal));
            }
            urls.Add(part[(at + 1)..]);
        }
        return members;
    }

    private static ulong IdOf(SortedSet<string> peerUrls, string token) => Head(Encoding.UTF8.GetBytes(string.Concat(peerUrls) + token));

    // SHA-1 names things here; it keeps no secret.
    private static ulong Head(byte[] bytes) => BinaryPrimitives.ReadUInt64BigEndian(SHA1.HashData(bytes));
}
