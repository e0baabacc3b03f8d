namespace Kube.Controllers.Nodes;

/// <summary>How long a pod bears the taints of its node. Pure.</summary>
internal static class Tolerations
{
    /// <summary>
    /// When the pod has to go: null when it may stay for good; a time when some taint is not tolerated, or only for a
    /// while, counted from when it was added (or from <paramref name="now"/> when that is not known).
    /// </summary>
    public static DateTimeOffset? EvictAt(Pod pod, IReadOnlyList<Taint> taints, DateTimeOffset now)
    {
        DateTimeOffset? soonest = null;
        foreach (var taint in taints.Where(static taint => taint.Effect == NodeTaints.NoExecute))
        {
            var tolerating = (pod.Spec?.Tolerations ?? []).FindAll(toleration => Tolerates(toleration, taint));
            if (tolerating.Count == 0)
            {
                return now;
            }

            var since = taint.TimeAdded?.Value ?? now;
            foreach (var seconds in tolerating.Select(static toleration => toleration.TolerationSeconds).OfType<long>())
            {
                var at = since.AddSeconds(Math.Clamp(seconds, 0, int.MaxValue));
                soonest = soonest is null || at < soonest ? at : soonest;
            }
        }

        return soonest;
    }

    /// <summary>As the API defines it: an empty key with Exists matches all, an empty effect any effect.</summary>
    public static bool Tolerates(Toleration toleration, Taint taint)
    {
        if (toleration.Effect is { Length: > 0 } effect && effect != taint.Effect)
        {
            return false;
        }

        if (toleration.Key is { Length: > 0 } key && key != taint.Key)
        {
            return false;
        }

        return toleration.Operator switch
        {
            "Exists" => true,
            null or "" or "Equal" => !string.IsNullOrEmpty(toleration.Key) && (toleration.Value ?? "") == (taint.Value ?? ""),
            _ => false,
        };
    }
}
