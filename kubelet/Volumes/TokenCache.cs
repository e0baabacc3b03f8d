using System.Collections.Concurrent;
using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Volumes;

/// <summary>
/// Service account tokens of the node's pods, renewed once four fifths of their time or a day has passed. A renewal that
/// fails is tried again at the next asking while the old token lasts.
/// </summary>
internal sealed class TokenCache(IObjectSource objects, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<(string Uid, string? Audience, long Seconds), (ServiceAccountToken Token, DateTimeOffset Asked)> _tokens = new();

    public async Task<string> GetAsync(Pod pod, string? audience, long expirationSeconds, CancellationToken cancellation)
    {
        (string, string?, long) key = (pod.Uid(), audience, expirationSeconds);
        DateTimeOffset now = time.GetUtcNow();
        bool known = _tokens.TryGetValue(key, out (ServiceAccountToken Token, DateTimeOffset Asked) entry);
        if (known && now < entry.Asked + RenewAfter(entry))
        {
            return entry.Token.Token;
        }

        try
        {
            ServiceAccountToken token = await objects.TokenAsync(pod, audience, expirationSeconds, cancellation);
            _tokens[key] = (token, now);
            return token.Token;
        }
        catch (Exception e) when (known && now < entry.Token.Expires && e is not OperationCanceledException)
        {
            return entry.Token.Token;
        }
    }

    /// <summary>Forgets the tokens of a pod that is gone.</summary>
    public void Forget(string uid)
    {
        foreach ((string Uid, string? Audience, long Seconds) key in _tokens.Keys)
        {
            if (key.Uid == uid)
            {
                _tokens.TryRemove(key, out _);
            }
        }
    }

    private static TimeSpan RenewAfter((ServiceAccountToken Token, DateTimeOffset Asked) entry)
    {
        TimeSpan portion = (entry.Token.Expires - entry.Asked) * 0.8;
        return portion < MaxAge ? portion : MaxAge;
    }
}
