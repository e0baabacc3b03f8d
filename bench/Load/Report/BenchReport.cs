using System.Globalization;

namespace Kube.Load.Report;

/// <summary>What a run has found: said at once, and kept as a part of a page.</summary>
internal sealed class BenchReport(TextWriter output)
{
    private readonly List<string> _lines = [];

    /// <summary>The kept lines.</summary>
    public string Markdown => string.Join('\n', _lines);

    /// <summary>Says a line that is not kept.</summary>
    public void Say(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Says a line and keeps it.</summary>
    public void Add(FormattableString line)
    {
        Say(line);
        _lines.Add(line.ToString(CultureInfo.InvariantCulture));
    }

    public static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}
