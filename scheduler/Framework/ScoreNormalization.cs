namespace Kube.Scheduler.Framework;

/// <summary>Kubernetes' default score normalization.</summary>
public static class ScoreNormalization
{
    /// <summary>
    /// Scales the scores so that the largest becomes <see cref="IScorePlugin.MaxScore"/>; all zero stays all zero,
    /// or becomes the maximum when reversed. Reversed, smaller raw scores are better.
    /// </summary>
    public static void Scale(Span<long> scores, bool reverse)
    {
        long largest = 0;
        foreach (var score in scores)
        {
            largest = Math.Max(largest, score);
        }

        foreach (ref var score in scores)
        {
            var scaled = largest == 0 ? 0 : IScorePlugin.MaxScore * score / largest;
            score = reverse ? IScorePlugin.MaxScore - scaled : scaled;
        }
    }
}
