using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kube.ApiServer.Auth.Tokens;

/// <summary>Signs and verifies service account tokens: JWTs with Kubernetes' claims. Thread-safe.</summary>
public sealed class ServiceAccountTokens
{
    private const string PrivateClaim = "kubernetes.io";
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly string _issuer;
    private readonly SigningCredentials? _signing;
    private readonly IReadOnlyList<AsymmetricSecurityKey> _verification;
    private readonly TimeProvider _time;

    /// <param name="issuer">The iss claim: --service-account-issuer.</param>
    /// <param name="signing">Signs new tokens; null when this server issues none.</param>
    /// <param name="verification">Keys whose tokens are accepted.</param>
    /// <param name="time">Tells whether a token has expired.</param>
    public ServiceAccountTokens(
        string issuer, SigningCredentials? signing, IReadOnlyList<AsymmetricSecurityKey> verification, TimeProvider time)
    {
        _issuer = issuer;
        _signing = signing;
        _verification = verification;
        _time = time;
    }

    /// <summary>The issuer, which is the default audience too.</summary>
    public string Issuer => _issuer;

    /// <summary>The verification keys, for the JWKS document.</summary>
    public IReadOnlyList<AsymmetricSecurityKey> Keys => _verification;

    /// <summary>Signs a token.</summary>
    /// <exception cref="InvalidOperationException">There is no signing key.</exception>
    public string Sign(ServiceAccountToken token)
    {
        var credentials = _signing ?? throw new InvalidOperationException("no --service-account-signing-key-file: this server issues no tokens");
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. token.Audiences.Select(audience => (JsonNode)audience)]),
            ["exp"] = token.ExpiresAt.ToUnixTimeSeconds(),
            ["iat"] = token.IssuedAt.ToUnixTimeSeconds(),
            ["iss"] = _issuer,
            ["jti"] = token.Id,
            [PrivateClaim] = PrivateClaims(token),
            ["nbf"] = token.IssuedAt.ToUnixTimeSeconds(),
            ["sub"] = token.UserName,
        };
        return _handler.CreateToken(claims.ToJsonString(), credentials);
    }

    /// <summary>True when the text looks like a token of this issuer, whether or not it is good.</summary>
    public bool IsOurs(string text)
    {
        if (text.Count(c => c == '.') != 2 || !_handler.CanReadToken(text))
        {
            return false;
        }

        try
        {
            return _handler.ReadJsonWebToken(text).Issuer == _issuer;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Verifies signature, issuer, times and audience.</summary>
    /// <param name="text">The bearer token.</param>
    /// <param name="audiences">The token must be meant for one of these.</param>
    /// <exception cref="AuthenticationException">It is not good; the message says why.</exception>
    public async ValueTask<ServiceAccountToken> VerifyAsync(string text, IReadOnlyList<string> audiences)
    {
        var result = await _handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = _issuer,
            IssuerSigningKeys = _verification,
            ValidateAudience = false,
            ValidateLifetime = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
            LifetimeValidator = (notBefore, expires, _, parameters) => IsAlive(notBefore, expires, parameters.ClockSkew),
        }).ConfigureAwait(false);
        if (!result.IsValid)
        {
            throw new AuthenticationException($"invalid bearer token: {result.Exception.Message}");
        }

        var token = Read((JsonWebToken)result.SecurityToken);
        if (!token.Audiences.Any(audiences.Contains))
        {
            throw new AuthenticationException($"token audiences [{string.Join(' ', token.Audiences)}] is invalid for the target audiences [{string.Join(' ', audiences)}]");
        }

        return token;
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires, TimeSpan skew)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return expires is not null && now < expires.Value + skew && (notBefore is null || now >= notBefore.Value - skew);
    }

    private static JsonObject PrivateClaims(ServiceAccountToken token)
    {
        static JsonObject Reference(string name, string uid) => new() { ["name"] = name, ["uid"] = uid };

        var claims = new JsonObject { ["namespace"] = token.Namespace };
        if (token.Node is { } node)
        {
            claims["node"] = Reference(node.Name, node.Uid);
        }

        if (token.BoundTo is { } bound)
        {
            claims[bound.Resource.TrimEnd('s')] = Reference(bound.Name, bound.Uid);
        }

        claims["serviceaccount"] = Reference(token.Name, token.Uid);
        return claims;
    }

    private static ServiceAccountToken Read(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<JsonElement>(PrivateClaim, out var claims)
            || claims.ValueKind != JsonValueKind.Object
            || Text(claims, "namespace") is not { } ns
            || Reference(claims, "serviceaccount") is not { } account)
        {
            throw new AuthenticationException("invalid bearer token: it names no service account");
        }

        if (jwt.Subject != $"system:serviceaccount:{ns}:{account.Name}")
        {
            throw new AuthenticationException("invalid bearer token: its subject is not its service account");
        }

        var bound = new[] { "pod", "secret" }.Select(kind => (Kind: kind, Reference: Reference(claims, kind)))
            .FirstOrDefault(candidate => candidate.Reference is not null);
        var node = Reference(claims, "node");
        return new ServiceAccountToken
        {
            Namespace = ns,
            Name = account.Name,
            Uid = account.Uid,
            Audiences = [.. jwt.Audiences],
            IssuedAt = jwt.IssuedAt,
            ExpiresAt = jwt.ValidTo,
            Id = jwt.Id,
            BoundTo = bound.Reference is { } reference ? new BoundObject(bound.Kind + "s", reference.Name, reference.Uid)
                : node is { } ownNode ? new BoundObject("nodes", ownNode.Name, ownNode.Uid)
                : null,
            Node = node is { } host ? new BoundObject("nodes", host.Name, host.Uid) : null,
        };
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static (string Name, string Uid)? Reference(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var reference) && reference.ValueKind == JsonValueKind.Object
        && Text(reference, "name") is { } objectName && Text(reference, "uid") is { } uid
            ? (objectName, uid)
            : null;
}
