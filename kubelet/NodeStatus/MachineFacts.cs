using System.Globalization;
using System.Runtime.InteropServices;

namespace Kube.Kubelet.NodeStatus;

/// <summary>What the kubelet reports of the machine it runs on. Read once; only what is free changes.</summary>
internal sealed record MachineFacts
{
    public int Processors { get; init; }

    public long MemoryBytes { get; init; }

    public string MachineId { get; init; } = "";

    public string SystemUuid { get; init; } = "";

    public string BootId { get; init; } = "";

    public string KernelVersion { get; init; } = "";

    public string OsImage { get; init; } = "";

    public long MaxProcesses { get; init; }

    /// <summary>The architecture in Go's names, which Kubernetes uses.</summary>
    public static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };

    public static MachineFacts Read() => new()
    {
        Processors = Environment.ProcessorCount,
        MemoryBytes = MemoryLine("MemTotal") ?? 0,
        MachineId = Text("/etc/machine-id"),
        SystemUuid = Text("/sys/class/dmi/id/product_uuid") is { Length: > 0 } uuid ? uuid : Text("/etc/machine-id"),
        BootId = Text("/proc/sys/kernel/random/boot_id"),
        KernelVersion = Text("/proc/sys/kernel/osrelease"),
        OsImage = OsName(),
        MaxProcesses = MostTasks(Text("/proc/sys/kernel/pid_max"), Text("/proc/sys/kernel/threads-max")),
    };

    /// <summary>Tasks that the machine can have: the least of its limits that can be read, else the kernel's default.</summary>
    internal static long MostTasks(params string[] limits) => limits
        .Select(static text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : (long?)null)
        .Min() ?? 32768;

    /// <summary>Processes that the machine has.</summary>
    public static long Processes()
    {
        // "0.1 0.2 0.3 running/all last": the kernel counts threads, as the limit does.
        string[] fields = Text("/proc/loadavg").Split(' ');
        return fields.Length > 3 && long.TryParse(fields[3].Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long all) ? all : 0;
    }

    private static long? MemoryLine(string name)
    {
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
            {
                string number = line[(name.Length + 1)..].Trim().Split(' ')[0];
                return long.Parse(number, CultureInfo.InvariantCulture) * 1024;
            }
        }

        return null;
    }

    private static string OsName()
    {
        if (!File.Exists("/etc/os-release"))
        {
            return "Linux";
        }

        string? line = File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal));
        return line is null ? "Linux" : line["PRETTY_NAME=".Length..].Trim('"');
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Machines differ in what they tell.
            return "";
        }
    }
}
