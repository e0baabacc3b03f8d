using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kube.Api.Serialization;

/// <summary>A media type with parameters (RFC 9110, section 8.3.1). Names and essence are in lower case.</summary>
public sealed record MediaType(string Essence, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The weight that Accept gives it: 0 to 1, 1 when unsaid.</summary>
    public double Quality => Parameters.TryGetValue("q", out var q)
        && double.TryParse(q, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? Math.Clamp(value, 0, 1) : 1;

    /// <summary>The parameter's value; null when absent.</summary>
    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);

    public static bool TryParse(string text, [NotNullWhen(true)] out MediaType? type)
    {
        type = null;
        var parts = text.Split(';');
        var essence = parts[0].Trim().ToLowerInvariant();
        if (essence.IndexOf('/') is var slash && (slash <= 0 || slash == essence.Length - 1))
        {
            return false;
        }

        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=');
            if (equals > 0)
            {
                parameters[part[..equals].Trim().ToLowerInvariant()] = part[(equals + 1)..].Trim().Trim('"');
            }
        }

        type = new MediaType(essence, parameters);
        return true;
    }
}
