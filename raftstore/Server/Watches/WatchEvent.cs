using Etcd.V3;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Watches;

/// <summary>
/// One change on its way to watchers. All watchers of a change share one, so that its message is made once in
/// each of its two forms, whoever needs it first.
/// </summary>
internal sealed class WatchEvent(KeyVersion version, MvccStore store)
{
    private Event? _plain;
    private Event? _withPrevious;

    public KeyVersion Version => version;

    public int SizeBytes => version.Key.Length + version.Value.Length + 64;

    /// <summary>The message, with the version before the change if asked for and not compacted.</summary>
    public Event Message(bool withPrevious)
    {
        var plain = _plain ??= RangeMapping.ToEvent(version, store.Values);
        if (!withPrevious)
        {
            return plain;
        }
        // Two threads may both make it; the results are the same.
        if (_withPrevious is null)
        {
            var previous = store.PreviousOf(version);
            _withPrevious = previous is null
                ? plain
                : new Event { Type = plain.Type, Kv = plain.Kv, PrevKv = RangeMapping.ToMessage(previous, store.Values) };
        }
        return _withPrevious;
    }
}
