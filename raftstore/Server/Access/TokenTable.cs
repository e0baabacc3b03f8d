using Kube.RaftStore.Apply.Access;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// The tokens of those who have logged in. Every member sees them given, through the log, and forgets those it has
/// not seen used for a while; whoever comes with a forgotten one logs in again. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="timeToLive">How long a token that is not used is known.</param>
internal sealed class TokenTable(TimeProvider time, TimeSpan timeToLive)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string User, long UsedAt)> _tokens = new(StringComparer.Ordinal);

    /// <summary>Takes note of a change.</summary>
    public void Apply(TokenChange change)
    {
        lock (_gate)
        {
            if (change.Token is not null)
            {
                Forget(used => time.GetElapsedTime(used.UsedAt) > timeToLive);
                _tokens[change.Token] = (change.User!, time.GetTimestamp());
            }
            else
            {
                Forget(used => change.User is null || used.User == change.User);
            }
        }
    }

    /// <summary>Whose token it is, null when it is nobody's. Asking keeps it alive.</summary>
    public string? UserOf(string token)
    {
        lock (_gate)
        {
            if (!_tokens.TryGetValue(token, out var known))
            {
                return null;
            }
            if (time.GetElapsedTime(known.UsedAt) > timeToLive)
            {
                _tokens.Remove(token);
                return null;
            }
            _tokens[token] = known with { UsedAt = time.GetTimestamp() };
            return known.User;
        }
    }

    private void Forget(Func<(string User, long UsedAt), bool> isGone)
    {
        foreach (var (token, known) in _tokens)
        {
            if (isGone(known))
            {
                _tokens.Remove(token);
            }
        }
    }
}
