using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Kube.Hosting.Metrics;

/// <summary>Prometheus' text exposition format 0.0.4.</summary>
public static class PrometheusText
{
    /// <summary>The content type of what <see cref="Write"/> returns.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All instruments of the registry and the process's own figures.</summary>
    public static string Write(MetricsRegistry registry)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var instrument in registry.Collect())
        {
            WriteInstrument(text, instrument);
        }

        WriteProcess(text, registry);
        return text.ToString();
    }

    private static void WriteInstrument(StringBuilder text, InstrumentState instrument)
    {
        var type = instrument.Kind switch
        {
            InstrumentKind.Counter or InstrumentKind.ObservedCounter => "counter",
            InstrumentKind.Histogram => "histogram",
            _ => "gauge",
        };
        WriteHead(text, instrument.Name, instrument.Description, type);
        foreach (var (labels, series) in instrument.All)
        {
            if (instrument.Kind == InstrumentKind.Histogram)
            {
                WriteHistogram(text, instrument, labels, series);
            }
            else
            {
                WriteSample(text, instrument.Name, labels.Labels, null, series.Value);
            }
        }
    }

    private static void WriteHistogram(StringBuilder text, InstrumentState instrument, LabelSet labels, Series series)
    {
        long count = 0;
        for (var i = 0; i < instrument.Bounds.Length; i++)
        {
            count += series.Bucket(i);
            WriteSample(text, instrument.Name + "_bucket", labels.Labels, Number(instrument.Bounds[i]), count);
        }

        count += series.Bucket(instrument.Bounds.Length);
        WriteSample(text, instrument.Name + "_bucket", labels.Labels, "+Inf", count);
        WriteSample(text, instrument.Name + "_sum", labels.Labels, null, series.Value);
        WriteSample(text, instrument.Name + "_count", labels.Labels, null, count);
    }

    private static void WriteProcess(StringBuilder text, MetricsRegistry registry)
    {
        using var process = Process.GetCurrentProcess();
        WriteOne(text, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter", process.TotalProcessorTime.TotalSeconds);
        WriteOne(text, "process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", process.WorkingSet64);
        WriteOne(text, "process_virtual_memory_bytes", "Virtual memory size in bytes.", "gauge", process.VirtualMemorySize64);
        if (OperatingSystem.IsLinux())
        {
            WriteOne(text, "process_open_fds", "Number of open file descriptors.", "gauge", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
            WriteOne(text, "process_max_fds", "Maximum number of open file descriptors.", "gauge", MaxOpenFiles());
        }

        WriteOne(text, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", "gauge", new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        WriteOne(text, "dotnet_gc_heap_bytes", "Managed heap size in bytes.", "gauge", GC.GetTotalMemory(false));
        WriteOne(text, "dotnet_gc_allocated_bytes_total", "Bytes allocated on the managed heap since the start.", "counter", GC.GetTotalAllocatedBytes());
        WriteOne(text, "dotnet_gc_pause_seconds_total", "Time that garbage collection has paused the process.", "counter", GC.GetTotalPauseDuration().TotalSeconds);
        WriteOne(text, "kube_metrics_dropped_total", "Measurements dropped because their instrument has too many label sets.", "counter", registry.DroppedMeasurements);
    }

    /// <summary>The soft limit of /proc/self/limits; infinity when there is none.</summary>
    private static double MaxOpenFiles()
    {
        const string name = "Max open files";
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(static line => line.StartsWith(name, StringComparison.Ordinal));
        var soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return soft is null ? double.NaN : soft == "unlimited" ? double.PositiveInfinity : double.Parse(soft, CultureInfo.InvariantCulture);
    }

    private static void WriteOne(StringBuilder text, string name, string help, string type, double value)
    {
        WriteHead(text, name, help, type);
        WriteSample(text, name, [], null, value);
    }

    private static void WriteHead(StringBuilder text, string name, string help, string type) => text
        .Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n')
        .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void WriteSample(
        StringBuilder text, string name, KeyValuePair<string, string>[] labels, string? bound, double value)
    {
        text.Append(name);
        if (labels.Length > 0 || bound is not null)
        {
            var separator = '{';
            foreach (var (label, labelValue) in labels)
            {
                text.Append(separator).Append(label).Append("=\"").Append(Escape(labelValue)).Append('"');
                separator = ',';
            }

            if (bound is not null)
            {
                text.Append(separator).Append("le=\"").Append(bound).Append('"');
            }

            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Escape(string value) =>
        value.AsSpan().IndexOfAny('\\', '"', '\n') < 0 ? value : value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
