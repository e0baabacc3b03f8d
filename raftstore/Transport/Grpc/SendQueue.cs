using Kube.RaftStore.Raft;

namespace Kube.RaftStore.Transport.Grpc;

/// <summary>What waits to be sent to one peer, bounded in messages and bytes. One reader, many writers.</summary>
internal sealed class SendQueue(int maxMessages, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<Message> _messages = new();
    private long _bytes;

    /// <summary>Adds a message; false when there is no room for it.</summary>
    public bool TryAdd(Message message)
    {
        var size = message.SizeBytes;
        lock (_lock)
        {
            if (_messages.Count >= maxMessages || (_bytes > 0 && _bytes + size > maxBytes))
            {
                return false;
            }

            _messages.Enqueue(message);
            _bytes += size;
            return true;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _messages.Count == 0;
            }
        }
    }

    /// <summary>Takes messages up to a number of bytes, at least one if there is any.</summary>
    public void Take(List<Message> into, long upToBytes)
    {
        lock (_lock)
        {
            long taken = 0;
            while (_messages.TryPeek(out var next) && (taken == 0 || taken + next.SizeBytes <= upToBytes))
            {
                taken += next.SizeBytes;
                into.Add(_messages.Dequeue());
            }

            _bytes -= taken;
        }
    }

    /// <summary>Throws everything away; whether there was anything.</summary>
    public bool Clear()
    {
        lock (_lock)
        {
            var any = _messages.Count > 0;
            _messages.Clear();
            _bytes = 0;
            return any;
        }
    }
}
