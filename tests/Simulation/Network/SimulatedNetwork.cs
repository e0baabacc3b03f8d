using Kube.Base;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Simulation.Checks;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Network;

/// <summary>The network between members: it delays, loses, doubles and shuffles, and its links are cut one direction at a time.</summary>
internal sealed class SimulatedNetwork(World world, NetworkOptions options, SafetyChecks checks)
{
    private readonly Prng _prng = world.Prng.Fork();
    private readonly Dictionary<ulong, SimulatedTransport> _members = [];
    private readonly HashSet<(ulong From, ulong To)> _cut = [];
    private readonly HashSet<ulong> _asleep = [];
    private readonly Dictionary<(ulong From, ulong To), long> _lastArrivalUs = [];

    /// <summary>As set up, and without its faults once healed.</summary>
    public NetworkOptions Options { get; private set; } = options;

    public long Sent { get; private set; }

    public long Lost { get; private set; }

    public long Snapshots { get; private set; }

    public void Cut(ulong from, ulong to) => _cut.Add((from, to));

    /// <summary>Cuts every link between these members and all others there are, in both directions.</summary>
    public void CutOff(HashSet<ulong> side)
    {
        foreach (var one in _members.Keys.Union(side).ToArray())
        {
            foreach (var other in _members.Keys.Union(side).Where(o => side.Contains(one) != side.Contains(o)).ToArray())
            {
                Cut(one, other);
            }
        }
    }

    public void Mend()
    {
        if (_cut.Count + _asleep.Count == 0)
        {
            return;
        }

        _cut.Clear();
        _asleep.Clear();
        foreach (var member in _members.Values.ToArray())
        {
            member.Greet();
        }
    }

    /// <summary>Ends all faults.</summary>
    public void Heal()
    {
        Options = Options with { LossChance = 0, DuplicateChance = 0, DetourChance = 0, StreamBreakChance = 0 };
        Mend();
    }

    /// <summary>Cuts a member off from all there are and all there will be.</summary>
    public void PutToSleep(ulong member) => _asleep.Add(member);

    public bool IsCut(ulong from, ulong to) => _cut.Contains((from, to)) || (_asleep.Count > 0 && (_asleep.Contains(from) || _asleep.Contains(to)));

    public void Join(SimulatedTransport transport) => _members[transport.Id] = transport;

    /// <summary>A process has ended: its peers see their connections refused, where the network lets them.</summary>
    public void Leave(SimulatedTransport transport)
    {
        if (!_members.TryGetValue(transport.Id, out var current) || current != transport)
        {
            return;
        }

        _members.Remove(transport.Id);
        foreach (var other in _members.Values.ToArray())
        {
            if (!IsCut(transport.Id, other.Id) && !IsCut(other.Id, transport.Id))
            {
                After(DelayUs(), other, t => t.PeerIsGone(transport.Id));
            }
        }
    }

    public IEnumerable<SimulatedTransport> Others(ulong id) => _members.Values.Where(m => m.Id != id);

    public SimulatedTransport? Find(ulong id) => _members.GetValueOrDefault(id);

    /// <summary>Sends a message that leaves its process at a moment, which may be after now.</summary>
    public void Transmit(SimulatedTransport sender, Message message, long departsUs)
    {
        Sent++;
        var copies = IsCut(sender.Id, message.To) || _prng.Chance(Options.LossChance) ? 0 : _prng.Chance(Options.DuplicateChance) ? 2 : 1;
        if (copies == 0)
        {
            Lose(sender, message.To);
            return;
        }

        for (; copies > 0; copies--)
        {
            var arrivesUs = departsUs + DelayUs();
            if (Options.IsOrdered)
            {
                var link = (sender.Id, message.To);
                arrivesUs = Math.Max(arrivesUs, _lastArrivalUs.GetValueOrDefault(link) + 1);
                _lastArrivalUs[link] = arrivesUs;
            }

            world.At(arrivesUs, world.Outside, () => Arrive(sender, message, departsUs));
        }
    }

    public int DelayUs() => _prng.Chance(Options.DetourChance)
        ? _prng.Next(Options.MaxDelayUs, Options.MaxDetourUs)
        : _prng.Next(Options.MinDelayUs, Options.MaxDelayUs);

    public bool BreaksStream() => _prng.Chance(Options.StreamBreakChance);

    public void OnSnapshotDelivered() => Snapshots++;

    /// <summary>Does something at a member later, if that process is still there.</summary>
    public void After(long delayUs, SimulatedTransport at, Action<SimulatedTransport> action) =>
        world.After(delayUs, at.Context, () => action(at));

    private void Arrive(SimulatedTransport sender, Message message, long departsUs)
    {
        // It was still in the sender when that ended, or is caught by a cut on its way.
        if (sender.EndedUs <= departsUs || IsCut(sender.Id, message.To) || Find(message.To) is not { } receiver)
        {
            Lose(sender, message.To);
            return;
        }

        world.Trace(((ulong)message.Type << 56) ^ (message.From << 40) ^ (message.To << 32) ^ (message.Index * 31) ^ message.Term);
        checks.OnArrival(message);
        world.After(0, receiver.Context, () => receiver.Deliver(message));
    }

    private void Lose(SimulatedTransport sender, ulong to)
    {
        Lost++;
        if (sender.IsRunning && _prng.Chance(0.1))
        {
            After(_prng.Next(1_000, 1_500_000), sender, t => t.PeerIsUnreachable(to));
        }
    }
}
