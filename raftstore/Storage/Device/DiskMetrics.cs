using System.Diagnostics.Metrics;

namespace Kube.RaftStore.Storage.Device;

/// <summary>What the logs of this process cost the disk, under etcd's names. Costs nothing while nobody listens to the meter.</summary>
internal static class DiskMetrics
{
    private static readonly Meter s_meter = new("Kube.RaftStore.Storage");

    private static readonly Histogram<double> s_syncSeconds = s_meter.CreateHistogram(
        "etcd_disk_wal_fsync_duration_seconds",
        description: "The latency distributions of fsync called by WAL.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. Enumerable.Range(0, 14).Select(static i => 0.001 * (1 << i))] });

    /// <summary>A gauge to Prometheus, as etcd's.</summary>
    private static readonly UpDownCounter<long> s_writtenBytes = s_meter.CreateUpDownCounter<long>(
        "etcd_disk_wal_write_bytes_total", description: "Total number of bytes written in WAL.");

    /// <summary>Times a sync: this alone looks at a clock here, and nothing depends on it.</summary>
    public static long BeginSync() => s_syncSeconds.Enabled ? TimeProvider.System.GetTimestamp() : 0;

    public static void EndSync(long begun)
    {
        if (begun != 0)
        {
            s_syncSeconds.Record(TimeProvider.System.GetElapsedTime(begun).TotalSeconds);
        }
    }

    public static void OnWritten(long bytes) => s_writtenBytes.Add(bytes);
}
