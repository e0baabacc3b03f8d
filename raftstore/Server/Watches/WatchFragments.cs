using Etcd.V3;

namespace Kube.RaftStore.Server.Watches;

/// <summary>Splits the events of one response over several, for clients that asked for it.</summary>
internal static class WatchFragments
{
    /// <summary>Parts below <paramref name="maxBytes"/>, but each with at least one event; all but the last are marked.</summary>
    public static IEnumerable<WatchResponse> Split(WatchResponse response, int maxBytes)
    {
        if (response.Events.Count < 2 || response.CalculateSize() < maxBytes)
        {
            yield return response;
            yield break;
        }
        var at = 0;
        while (at < response.Events.Count)
        {
            var part = new WatchResponse { Header = response.Header, WatchId = response.WatchId, Fragment = true };
            var bytes = part.CalculateSize();
            while (at < response.Events.Count)
            {
                var eventBytes = response.Events[at].CalculateSize() + 8;
                if (part.Events.Count > 0 && bytes + eventBytes >= maxBytes)
                {
                    break;
                }
                bytes += eventBytes;
                part.Events.Add(response.Events[at++]);
            }
            part.Fragment = at < response.Events.Count;
            yield return part;
        }
    }
}
