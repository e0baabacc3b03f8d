using Etcd.V3;

namespace Kube.RaftStore.Server.Watches;

/// <summary>Splits the events of one response over several, for clients that asked for it.</summary>
internal static class WatchFragments
{
    /// <summary>Parts below <paramref name="maxBytes"/>, but each with at least one event; all but the last are marked.</summary>
    public static IEnumerable<WatchReply> Split(WatchReply reply, int maxBytes)
    {
        if (reply.Events.Count < 2 || reply.SizeBytes < maxBytes)
        {
            yield return reply;
            yield break;
        }
        var at = 0;
        while (at < reply.Events.Count)
        {
            var head = reply.Head.Clone();
            head.Fragment = true;
            var bytes = head.CalculateSize();
            var part = new List<byte[]>();
            while (at < reply.Events.Count && (part.Count == 0 || bytes + reply.Events[at].Length < maxBytes))
            {
                bytes += reply.Events[at].Length;
                part.Add(reply.Events[at++]);
            }
            head.Fragment = at < reply.Events.Count;
            yield return new WatchReply(head, part);
        }
    }
}
