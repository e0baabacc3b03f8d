using System.Globalization;
using Etcd.V3;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>Members that come and go.</summary>
internal sealed partial class StoreCluster
{
    /// <summary>Large enough for a few log segments of 64 MB, small enough to be filled.</summary>
    private const int DiskMb = 640;

    private readonly Dictionary<int, (string InitialCluster, string State)> _joined = [];
    private readonly Dictionary<int, (string Certificate, string Key)> _certificates = [];
    private readonly List<Member> _removed = [];

    /// <summary>The number the next member gets: numbers are not used twice.</summary>
    public int NextNumber => _members.Keys.Concat(_removed.Select(member => member.Address.Number)).DefaultIfEmpty(0).Max() + 1;

    /// <summary>Makes what a new member needs: network, disk, clock, certificates. Starts nothing.</summary>
    public async Task<Member> AddMemberAsync(int number)
    {
        var address = await Network.AddAsync(number);
        var directory = Directory.CreateDirectory(Path.Combine(_home, address.Name)).FullName;
        var disk = new MemberDisk(Path.Combine(directory, "disk"));
        if (_options.IsIsolated)
        {
            var group = string.Create(CultureInfo.InvariantCulture, $"kube-chaos-{Path.GetFileName(_home)}-{address.Name}");
            (disk, var obstacle) = await LoopDisk.CreateAsync(disk.Directory, Path.Combine(directory, "disk.img"), DiskMb, group);
            if (obstacle is not null && !Obstacles.Contains("disk: " + obstacle))
            {
                Obstacles.Add("disk: " + obstacle);
            }
        }

        _certificates[number] = _pki.Issue(address.Name, address.Ip);
        var clock = _clockLibrary is null ? null : MemberClock.Create(_clockLibrary, Path.Combine(directory, "clock"));
        var member = new Member(address, disk, clock, Path.Combine(directory, "log"), _clock)
        {
            OnUnexpectedExit = UnexpectedExits.Enqueue,
        };
        _members = _members.Add(number, member);
        return member;
    }

    /// <summary>Starts a member that was added to the cluster's membership.</summary>
    public void StartJoining(Member member)
    {
        _joined[member.Address.Number] = (InitialCluster(_members.Values), "existing");
        Start(member);
    }

    /// <summary>Lets clients call every member there is.</summary>
    public void PublishEndpoints() => Publish();

    /// <summary>Ends a member that is not in the cluster's membership any more and forgets it.</summary>
    public async Task DropAsync(Member member)
    {
        _members = _members.Remove(member.Address.Number);
        _removed.Add(member);
        Publish();
        if (_admin.TryRemove(member.Address.Number, out var channel))
        {
            channel.Dispose();
        }

        await member.KillAsync();
    }

    /// <summary>The ids by which the store knows its members, by name or, where one has not told its name yet, by peer URL.</summary>
    public async Task<IReadOnlyList<Etcd.V3.Member>> ListMembersAsync(int through)
    {
        var answer = await new Etcd.V3.Cluster.ClusterClient(Admin(through))
            .MemberListAsync(new MemberListRequest { Linearizable = true }, deadline: DateTime.UtcNow + TimeSpan.FromSeconds(3));
        return answer.Members;
    }
}
