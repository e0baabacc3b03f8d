using System.Collections.Concurrent;
using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Memory;

/// <summary>
/// A network inside a process: every member's transport hands its messages straight to the receiver's handler.
/// Links can be cut, one direction at a time.
/// </summary>
public sealed class InMemoryNetwork
{
    private readonly ConcurrentDictionary<ulong, Endpoint> _members = new();
    private readonly ConcurrentDictionary<(ulong From, ulong To), bool> _cut = new();

    /// <summary>A transport for one member. An earlier one of the same member no longer gets anything.</summary>
    public IRaftTransport Join(ulong id) => new Endpoint(this, id);

    /// <summary>Cuts or mends the way from one member to another.</summary>
    public void SetCut(ulong from, ulong to, bool cut)
    {
        if (cut)
        {
            _cut[(from, to)] = true;
        }
        else
        {
            _cut.TryRemove((from, to), out _);
        }
    }

    /// <summary>Cuts a member off from all others, or mends all its ways.</summary>
    public void Isolate(ulong id, bool cut)
    {
        foreach (var other in _members.Keys.Where(k => k != id))
        {
            SetCut(id, other, cut);
            SetCut(other, id, cut);
        }
    }

    private sealed class Endpoint(InMemoryNetwork network, ulong id) : IRaftTransport
    {
        private ITransportHandler? _handler;
        private HashSet<ulong> _peers = [];

        public void Start(ITransportHandler handler)
        {
            _handler = handler;
            network._members[id] = this;
            Greet();
        }

        public void SetPeers(IReadOnlyList<RaftPeer> peers)
        {
            _peers = [.. peers.Select(p => p.Id)];
            Greet();
        }

        public void Send(IReadOnlyList<Message> messages)
        {
            foreach (var message in messages)
            {
                if (!_peers.Contains(message.To) || network._cut.ContainsKey((id, message.To))
                    || !network._members.TryGetValue(message.To, out var target))
                {
                    Lose(message);
                }
                else if (message.Type == MessageType.Snapshot)
                {
                    _ = Task.Run(() => CopySnapshot(message, target));
                }
                else if (!target._handler!.Receive([message]))
                {
                    Lose(message);
                }
            }
        }

        public ValueTask DisposeAsync()
        {
            if (network._members.TryRemove(KeyValuePair.Create(id, this)))
            {
                foreach (var other in network._members.Values)
                {
                    other._handler?.Unreachable(id, isGone: true);
                }
            }

            return ValueTask.CompletedTask;
        }

        private void Greet()
        {
            foreach (var (other, endpoint) in network._members)
            {
                if (other != id && _peers.Contains(other))
                {
                    _handler?.Connected(other);
                    endpoint._handler?.Connected(id);
                }
            }
        }

        private void Lose(Message message)
        {
            _handler?.Unreachable(message.To, isGone: false);
            if (message.Type == MessageType.Snapshot)
            {
                _handler?.SnapshotSent(message.To, delivered: false);
            }
        }

        private void CopySnapshot(Message message, Endpoint target)
        {
            var delivered = false;
            try
            {
                using var source = _handler!.OpenSnapshot(message.Snapshot!);
                using var sink = source is null ? null : target._handler!.ReceiveSnapshot(message);
                if (source is null || sink is null)
                {
                    return;
                }

                var buffer = new byte[1 << 16];
                source.Position = sink.OffsetBytes;
                for (var count = source.Read(buffer); count > 0; count = source.Read(buffer))
                {
                    sink.Write(buffer.AsSpan(0, count));
                }

                sink.Complete();
                delivered = true;
            }
            finally
            {
                _handler?.SnapshotSent(message.To, delivered);
            }
        }
    }
}
