using Kube.RaftStore.Apply.Access;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// Log-ins as signed tokens (JWT, RFC 7519): whoever has the key can tell whose a token is, so no member remembers one. Claims
/// are etcd's (auth/jwt.go): username, revision of users and roles when it was signed, exp. Thread-safe.
/// </summary>
public sealed class JwtTokens
{
    private const string UserClaim = "username";
    private const string RevisionClaim = "revision";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly JwtKey _key;
    private readonly TimeSpan _timeToLive;
    private readonly TimeProvider _time;
    private readonly TokenValidationParameters _rules;

    /// <param name="key">Signs and verifies.</param>
    /// <param name="timeToLive">How long a token is good.</param>
    /// <param name="time">The clock; members' clocks must agree about as well as tokens are to end on time.</param>
    public JwtTokens(JwtKey key, TimeSpan timeToLive, TimeProvider time)
    {
        _key = key;
        _timeToLive = timeToLive;
        _time = time;
        _rules = new TokenValidationParameters
        {
            ValidAlgorithms = [key.Method],
            IssuerSigningKey = key.SecurityKey,
            TryAllIssuerSigningKeys = true,
            ValidateIssuer = false,
            ValidateAudience = false,
            // As etcd's library: times that are not claimed do not matter.
            RequireExpirationTime = false,
            LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires),
        };
    }

    /// <summary>False when there is only a key to verify with.</summary>
    public bool CanSign => _key.CanSign;

    /// <summary>Signs a token for a user who has shown his password.</summary>
    /// <param name="user">His name.</param>
    /// <param name="authRevision">Revision of users and roles when he showed it.</param>
    public string Sign(string user, ulong authRevision) => _handler.CreateToken(new SecurityTokenDescriptor
    {
        Claims = new Dictionary<string, object> { [UserClaim] = user, [RevisionClaim] = (long)authRevision },
        Expires = (_time.GetUtcNow() + _timeToLive).UtcDateTime,
        SigningCredentials = new SigningCredentials(_key.SecurityKey, _key.Method),
    });

    /// <summary>Whose token it is and as of which revision; null when it is not ours or not good any more.</summary>
    public async ValueTask<Caller?> VerifyAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _rules);
        return result.IsValid
            && result.Claims.TryGetValue(UserClaim, out var name) && name is string user
            && result.Claims.TryGetValue(RevisionClaim, out var number) && ToRevision(number) is { } revision
            ? new Caller(user, revision)
            : null;
    }

    private static ulong? ToRevision(object claim) => claim switch
    {
        int number when number >= 0 => (ulong)number,
        long number when number >= 0 => (ulong)number,
        double number when number is >= 0 and < ulong.MaxValue => (ulong)number,
        _ => null,
    };

    private bool IsAlive(DateTime? notBefore, DateTime? expires)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return (expires is null || now < expires) && (notBefore is null || now >= notBefore);
    }
}
