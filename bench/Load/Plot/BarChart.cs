using System.Globalization;
using System.Security;
using System.Text;

namespace Kube.Load.Plot;

/// <summary>One bar: its length against the others of its group, and what is written behind it.</summary>
internal sealed record Bar(string Series, double Value, string Text);

/// <summary>
/// Horizontal bars in groups, as an SVG file that a browser shows in light and dark. Each group has a scale of its own:
/// what is compared is within a group.
/// </summary>
internal sealed class BarChart(string title)
{
    private const int Width = 760;
    private const int LabelWidth = 230;
    private const int BarWidth = 360;
    private const int BarHeight = 16;
    private const int GroupGap = 14;
    private const int Top = 56;

    private static readonly string[] s_colors = ["#9aa5b1", "#3b82c4", "#d98324", "#4a9d5b"];
    private readonly List<(string Label, IReadOnlyList<Bar> Bars)> _groups = [];

    public void Add(string label, params IReadOnlyList<Bar> bars) => _groups.Add((label, bars));

    public void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, ToString());
    }

    /// <summary>The SVG document.</summary>
    public override string ToString()
    {
        var series = _groups.SelectMany(g => g.Bars).Select(b => b.Series).Distinct().ToList();
        var height = Top + _groups.Sum(g => (g.Bars.Count * BarHeight) + GroupGap);
        var svg = new StringBuilder();
        Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#7b8794\">");
        Append(svg, $"<text x=\"8\" y=\"20\" font-size=\"15\">{Escape(title)}</text>");
        for (var i = 0; i < series.Count; i++)
        {
            Append(svg, $"<rect x=\"{8 + (i * 180)}\" y=\"30\" width=\"12\" height=\"12\" fill=\"{ColorOf(i)}\"/><text x=\"{26 + (i * 180)}\" y=\"41\">{Escape(series[i])}</text>");
        }

        var y = Top;
        foreach (var (label, bars) in _groups)
        {
            var longest = bars.Max(b => b.Value);
            Append(svg, $"<text x=\"8\" y=\"{y + 13}\">{Escape(label)}</text>");
            foreach (var bar in bars)
            {
                var length = longest > 0 ? BarWidth * bar.Value / longest : 0;
                Append(svg, $"<rect x=\"{LabelWidth}\" y=\"{y + 2}\" width=\"{length:F1}\" height=\"{BarHeight - 3}\" fill=\"{ColorOf(series.IndexOf(bar.Series))}\"/>");
                Append(svg, $"<text x=\"{LabelWidth + length + 6:F1}\" y=\"{y + 13}\">{Escape(bar.Text)}</text>");
                y += BarHeight;
            }

            y += GroupGap;
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string ColorOf(int series) => s_colors[series % s_colors.Length];

    private static string Escape(string text) => SecurityElement.Escape(text);

    private static void Append(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
