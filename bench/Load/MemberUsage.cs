using System.Globalization;

namespace Kube.Load;

/// <summary>What the members of a store have used so far, as the kernel counts it.</summary>
/// <param name="CpuSeconds">Of all members, user and system.</param>
/// <param name="WrittenBytes">Of all members: bytes that they made the disk write.</param>
/// <param name="ResidentBytes">The mean over the members.</param>
internal readonly record struct MemberUsage(double CpuSeconds, double WrittenBytes, double ResidentBytes)
{
    private const double TicksPerSecond = 100;

    public static MemberUsage Of(IReadOnlyList<int> processes)
    {
        double cpu = 0, written = 0, resident = 0;
        foreach (var process in processes)
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            cpu += (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
            written += Field($"/proc/{process}/io", "write_bytes:");
            resident += Field($"/proc/{process}/status", "VmRSS:") * 1024;
        }

        return new MemberUsage(cpu, written, resident / processes.Count);
    }

    private static double Field(string file, string name) => Number(
        File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
