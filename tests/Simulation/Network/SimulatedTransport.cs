using Kube.RaftStore.Raft;
using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Simulation.Disk;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Transport;

namespace Kube.RaftStore.Simulation.Network;

/// <summary>One process's end of the simulated network.</summary>
internal sealed class SimulatedTransport(World world, SimulatedNetwork network, Process process) : IRaftTransport
{
    private readonly HashSet<ulong> _sendingSnapshots = [];
    private readonly Introductions _introductions = new();
    private IReadOnlyList<RaftPeer> _known = [];
    private readonly Message[] _delivered = new Message[1];
    private HashSet<ulong> _peers = [];
    private ITransportHandler? _handler;

    public ulong Id => process.Member.Id;

    public SimulatedContext Context => process.LoopContext;

    public bool IsRunning => process.IsAlive;

    /// <summary>When the process ended, the end of time while it runs.</summary>
    public long EndedUs => process.EndedUs;

    public void Start(ITransportHandler handler)
    {
        _handler = handler;
        network.Join(this);
        Greet();
    }

    public void SetPeers(IReadOnlyList<RaftPeer> peers)
    {
        world.CheckThread();
        _known = peers;
        Complete();
        if (_handler is not null)
        {
            Greet();
        }
    }

    public void Send(IReadOnlyList<Message> messages)
    {
        world.CheckThread();
        foreach (var message in messages)
        {
            process.Step();
            if (!_peers.Contains(message.To))
            {
                Lose(message);
            }
            else if (message.Type == MessageType.Snapshot)
            {
                SendSnapshot(message);
            }
            else
            {
                network.Transmit(this, process.IsPreviousBuild ? AsPreviousBuild(message) : message, process.LocalUs);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        network.Leave(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Where a member listens, in a world whose network needs no addresses.</summary>
    public static RaftPeer PeerOf(ulong id) => new(id, [new Uri($"https://member-{id}")]);

    /// <summary>Connects with whoever can be reached, both ways; one that is known to the other alone is told who that is.</summary>
    public void Greet()
    {
        foreach (var other in network.Others(Id).Where(o => !network.IsCut(Id, o.Id) && !network.IsCut(o.Id, Id)).ToArray())
        {
            if (_peers.Contains(other.Id) || other._peers.Contains(Id))
            {
                network.After(network.DelayUs() * 2, this, t => t.Meet(other.Id));
                network.After(network.DelayUs() * 2, other, t => t.Meet(Id));
            }
        }
    }

    private void Meet(ulong peer)
    {
        if (!_peers.Contains(peer) && _introductions.TryNote(PeerOf(peer), _known))
        {
            Complete();
        }

        _handler!.Connected(peer);
    }

    private void Complete() => _peers = [.. _introductions.Complete(_known).Select(p => p.Id)];

    public void Deliver(Message message)
    {
        _delivered[0] = message;
        _handler!.Receive(_delivered);
    }

    public void PeerIsGone(ulong peer) => _handler!.Unreachable(peer, isGone: true);

    public void PeerIsUnreachable(ulong peer) => _handler!.Unreachable(peer, isGone: false);

    private static Message AsPreviousBuild(Message message) => message.Entries.Any(e => e.Type == EntryType.ConfChange)
        ? PreviousFormat.OfMessage(message)
        : message;

    private void Lose(Message message)
    {
        _handler!.Unreachable(message.To, isGone: false);
        if (message.Type == MessageType.Snapshot)
        {
            _handler.SnapshotSent(message.To, delivered: false);
        }
    }

    private void SendSnapshot(Message message)
    {
        if (!_sendingSnapshots.Add(message.To))
        {
            _handler!.SnapshotSent(message.To, delivered: false);
            return;
        }

        network.After(network.DelayUs(), this, _ => BeginSnapshot(message));
    }

    private void BeginSnapshot(Message message)
    {
        var source = _handler!.OpenSnapshot(message.Snapshot!);
        if (source is null || IsBroken(message.To) || network.Find(message.To) is not { } receiver)
        {
            EndSnapshot(message, source, delivered: false);
            return;
        }

        network.After(network.DelayUs(), receiver, r => r.ReceiveSnapshot(this, message, source));
        Watch(message, source, receiver);
    }

    /// <summary>A receiver that ends leaves its sender with a broken stream.</summary>
    private void Watch(Message message, Stream source, SimulatedTransport receiver)
    {
        network.After(100_000, this, _ =>
        {
            if (!_sendingSnapshots.Contains(message.To))
            {
                return;
            }

            if (!receiver.IsRunning)
            {
                EndSnapshot(message, source, delivered: false);
                return;
            }

            Watch(message, source, receiver);
        });
    }

    private void ReceiveSnapshot(SimulatedTransport sender, Message message, Stream source)
    {
        var sink = _handler!.ReceiveSnapshot(message);
        if (sink is null)
        {
            network.After(network.DelayUs(), sender, s => s.EndSnapshot(message, source, delivered: false));
            return;
        }

        ReceiveChunk(sender, message, source, sink, sink.OffsetBytes);
    }

    private void ReceiveChunk(SimulatedTransport sender, Message message, Stream source, ISnapshotSink sink, long offset)
    {
        if (!sender.IsRunning || network.IsCut(sender.Id, Id) || network.BreaksStream())
        {
            sink.Dispose();
            network.After(network.DelayUs(), sender, s => s.EndSnapshot(message, source, delivered: false));
            return;
        }

        var chunk = new byte[network.Options.SnapshotChunkBytes];
        source.Position = Math.Min(offset, source.Length);
        var count = source.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        if (count > 0)
        {
            sink.Write(chunk.AsSpan(0, count));
            network.After(network.DelayUs() / 4, this, r => r.ReceiveChunk(sender, message, source, sink, offset + count));
            return;
        }

        var delivered = TryComplete(sink);
        network.After(network.DelayUs(), sender, s => s.EndSnapshot(message, source, delivered));
    }

    private bool TryComplete(ISnapshotSink sink)
    {
        using (sink)
        {
            try
            {
                sink.Complete();
                network.OnSnapshotDelivered();
                return true;
            }
            catch (StorageCorruptException)
            {
                // Thrown away by the storage; the sender begins again.
                return false;
            }
        }
    }

    private void EndSnapshot(Message message, Stream? source, bool delivered)
    {
        source?.Dispose();
        if (_sendingSnapshots.Remove(message.To))
        {
            _handler!.SnapshotSent(message.To, delivered);
        }
    }

    private bool IsBroken(ulong to) => network.IsCut(Id, to) || network.IsCut(to, Id);
}
