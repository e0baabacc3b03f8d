using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Simulation.Checks;
using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Simulation.Disk;
using Kube.RaftStore.Simulation.Network;
using Kube.RaftStore.Simulation.Runs;
using Kube.RaftStore.Storage;

namespace Kube.RaftStore.Simulation.Cluster;

/// <summary>The members, running or not, with what connects and checks them.</summary>
internal sealed class SimulatedCluster
{
    private readonly World _world;
    private readonly Prng _prng;
    private readonly ConfState _bootstrap;
    private readonly List<Member> _current = [];
    private List<Member> _addressed = [];
    private ConfState? _addressedIn;
    private ulong _nextId;

    public SimulatedCluster(World world, SwarmOptions options)
    {
        _world = world;
        Options = options;
        _prng = world.Prng.Fork();
        _bootstrap = new ConfState(Enumerable.Range(1, options.Members).Select(i => (ulong)i));
        Checks = new SafetyChecks(world, this);
        Network = new SimulatedNetwork(world, options.Network, Checks);
        foreach (var id in _bootstrap.Voters)
        {
            Add(id).HasPreviousBuild = options.Faults.HasFlag(Faults.Upgrade);
        }

        _nextId = (ulong)options.Members + 1;
    }

    public SwarmOptions Options { get; }

    public SimulatedNetwork Network { get; }

    public SafetyChecks Checks { get; }

    /// <summary>All members there ever were, by id.</summary>
    public SortedDictionary<ulong, Member> Members { get; } = [];

    /// <summary>Those that are meant to be part of the cluster.</summary>
    public IEnumerable<Member> Current => _current;

    /// <summary>Those of them that a client may turn to: the newest membership names them.</summary>
    public IReadOnlyList<Member> Addressed
    {
        get
        {
            if (!ReferenceEquals(_addressedIn, Checks.NewestConfiguration))
            {
                _addressedIn = Checks.NewestConfiguration;
                _addressed = [.. _current.Where(m => _addressedIn.Contains(m.Id))];
            }

            return _addressed;
        }
    }

    public IEnumerable<Process> Running => Current.Select(m => m.Running).OfType<Process>().Where(p => p.IsServing);

    /// <summary>Those of them that the newest membership names: one may be out without whoever asked for it having been told.</summary>
    public IEnumerable<Process> Belonging => Running.Where(p => Checks.NewestConfiguration.Contains(p.Member.Id));

    /// <summary>Whether some processes are of the build before and some of the present one.</summary>
    public bool IsMixed => Running.Select(p => p.IsPreviousBuild).Distinct().Count() > 1;

    /// <summary>The running member that leads the latest term, as it believes.</summary>
    public Process? Leader
    {
        get
        {
            Process? leader = null;
            foreach (var member in _current)
            {
                if (member.Running is { IsServing: true } process && process.Log.Node is { Role: Role.Leader } node && !(leader?.Log.Node.Term >= node.Term))
                {
                    leader = process;
                }
            }

            return leader;
        }
    }

    public ConfState Bootstrap => _bootstrap;

    /// <summary>Told of every turn of a member's loops, at its end.</summary>
    public event Action<Process>? TurnEnded;

    public int Starts { get; private set; }

    public int Crashes { get; set; }

    /// <summary>Starts a member on its disk; one whose disk is damaged is marked as lost.</summary>
    public void Start(Member member)
    {
        if (member.Running is not null || member.IsRetired || member.IsLost)
        {
            return;
        }

        var process = new Process(_world, this, member);
        member.Process = process;
        Starts++;
        var peers = PeersFor(member);
        _world.Tell($"member {member.Id} starts (peers {string.Join(' ', peers)})");
        _world.After(0, process.Context, () =>
        {
            try
            {
                process.Start(member.Id <= (ulong)Options.Members ? _bootstrap : ConfState.Empty, peers, _prng);
            }
            catch (StorageCorruptException e) when (member.Disk.HasRot)
            {
                _world.Tell($"member {member.Id} cannot start: {e.Message}");
                member.IsLost = true;
                process.Kill(losesPower: false);
            }
            catch (NewerFormatException e)
            {
                _world.Tell($"member {member.Id} cannot start: {e.Message}");
                process.OnEndedBy(e);
                process.Kill(losesPower: false);
            }
        });
    }

    public void Kill(Member member, bool losesPower)
    {
        if (member.Running is { } process)
        {
            Crashes++;
            _world.Tell($"member {member.Id} {(losesPower ? "loses power" : "is killed")}");
            process.Kill(losesPower);
        }
    }

    /// <summary>A member is out: it is not started again, and nobody turns to it.</summary>
    public void Retire(Member member)
    {
        member.IsRetired = true;
        _current.Remove(member);
        _addressedIn = null;
    }

    public void OnTurn(Process process) => TurnEnded?.Invoke(process);

    /// <summary>A new member with an empty disk, not started.</summary>
    public Member AddNew()
    {
        // What is installed on all others.
        var hasPreviousBuild = _current.TrueForAll(m => m.HasPreviousBuild);
        var member = Add(_nextId++);
        member.HasPreviousBuild = hasPreviousBuild;
        return member;
    }

    private Member Add(ulong id)
    {
        var disk = new SimulatedDisk(_prng.Fork()) { SyncUs = Options.SyncUs };
        var rate = 1 + (Options.ClockDrift * ((2 * _prng.NextDouble()) - 1));
        var member = new Member(id, disk, rate);
        Members.Add(id, member);
        _current.Add(member);
        return member;
    }

    /// <summary>Whom an operator would name: the members of the newest configuration that anyone knows, and this one.</summary>
    private ulong[] PeersFor(Member member) =>
        [.. Checks.NewestConfiguration.Members.Append(member.Id).Distinct().Order()];
}
