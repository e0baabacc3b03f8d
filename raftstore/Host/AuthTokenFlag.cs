using Kube.Hosting;
using Kube.RaftStore.Server.Access;

namespace Kube.RaftStore.Host;

/// <summary>--auth-token: "simple", or "jwt" and its options as etcd has them: jwt,pub-key=FILE,priv-key=FILE,sign-method=RS512,ttl=10m.</summary>
internal static class AuthTokenFlag
{
    private static readonly TimeSpan s_defaultTimeToLive = TimeSpan.FromMinutes(5);

    /// <summary>How tokens are signed; null for simple tokens.</summary>
    /// <param name="text">The flag's value.</param>
    /// <param name="duration">Reads a duration.</param>
    /// <param name="time">The clock by which tokens end.</param>
    /// <exception cref="StartupException">It is malformed, or a file cannot be read or holds no such key.</exception>
    public static JwtTokens? Parse(string text, Func<string, TimeSpan> duration, TimeProvider time)
    {
        var parts = text.Split(',');
        if (parts[0] == "simple" && parts.Length == 1)
        {
            return null;
        }
        if (parts[0] != "jwt")
        {
            throw Malformed($"unknown kind of token '{parts[0]}': simple and jwt there are");
        }
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.AsSpan(1))
        {
            if (part.Split('=', 2) is not [("pub-key" or "priv-key" or "sign-method" or "ttl") and var name, var value] || !options.TryAdd(name, value))
            {
                throw Malformed($"'{part}' is none of pub-key=FILE, priv-key=FILE, sign-method=NAME, ttl=DURATION, or there twice");
            }
        }
        try
        {
            var key = JwtKey.Create(
                options.GetValueOrDefault("sign-method", ""),
                options.TryGetValue("pub-key", out var publicFile) ? File.ReadAllText(publicFile) : null,
                options.TryGetValue("priv-key", out var privateFile) ? File.ReadAllBytes(privateFile) : null);
            return new JwtTokens(key, options.TryGetValue("ttl", out var ttl) ? duration(ttl) : s_defaultTimeToLive, time);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw Malformed(e.Message);
        }
    }

    private static StartupException Malformed(string why) => new("--auth-token: " + why);
}
