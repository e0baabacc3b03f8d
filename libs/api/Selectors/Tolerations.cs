using Kube.Api.Core.V1;

namespace Kube.Api.Selectors;

/// <summary>Whether tolerations tolerate taints.</summary>
public static class Tolerations
{
    /// <summary>True when the toleration covers the taint: same effect and key unless left empty, and the value unless it only asks for existence.</summary>
    public static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect)
        {
            return false;
        }

        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key)
        {
            return false;
        }

        return toleration.Operator switch
        {
            null or "" or "Equal" => (toleration.Value ?? string.Empty) == (taint.Value ?? string.Empty),
            "Exists" => true,
            _ => false,
        };
    }

    /// <summary>The first of the taints with one of the effects that no toleration covers; null when there is none.</summary>
    public static Taint? FirstUntolerated(
        IEnumerable<Taint>? taints, IReadOnlyCollection<Toleration>? tolerations, params ReadOnlySpan<string> effects)
    {
        foreach (var taint in taints ?? [])
        {
            if (effects.Contains(taint.Effect) && tolerations?.Any(toleration => Tolerates(toleration, taint)) != true)
            {
                return taint;
            }
        }

        return null;
    }
}
