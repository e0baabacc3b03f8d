using System.Globalization;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Durations as Go prints them, which is how they stand in Kubernetes' messages: 10s, 1m20s, 1.5s, 300ms.</summary>
internal static class GoDuration
{
    public static string Format(TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1))
        {
            return value == TimeSpan.Zero ? "0s" : Number(value.TotalMilliseconds) + "ms";
        }

        string seconds = Number((value - TimeSpan.FromMinutes(Math.Floor(value.TotalMinutes))).TotalSeconds) + "s";
        long hours = (long)value.TotalHours;
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{value.Minutes}m{seconds}")
            : value.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m{seconds}") : seconds;
    }

    private static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
