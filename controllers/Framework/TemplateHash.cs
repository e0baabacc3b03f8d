using System.Globalization;

namespace Kube.Controllers.Framework;

/// <summary>
/// A short name for a pod template, made of the characters that Kubernetes uses for it. The same template gives the
/// same hash in every process and version: it is FNV-1a (32 bits) of the template's canonical JSON.
/// </summary>
public static class TemplateHash
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <param name="template">The template, without the label that will carry the hash.</param>
    /// <param name="collisions">Raised each time another template turned out to have the same hash.</param>
    public static string Compute(PodTemplateSpec template, int? collisions)
    {
        var hash = Fnv(2166136261, CanonicalJson.Write(template));
        if (collisions is { } count)
        {
            hash = Fnv(hash, BitConverter.GetBytes((long)count));
        }

        return string.Concat(hash.ToString(CultureInfo.InvariantCulture).Select(static digit => Alphabet[digit % Alphabet.Length]));
    }

    private static uint Fnv(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }
}
