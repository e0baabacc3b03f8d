using System.Text;

namespace Kube.Cel;

/// <summary>What is wrong with an expression, and where.</summary>
/// <param name="Offset">In code points from the beginning.</param>
public sealed record CelIssue(int Offset, string Message)
{
    /// <summary>Issues as cel-go prints them: place, message, the line, and a mark below it.</summary>
    public static string Format(string source, IEnumerable<CelIssue> issues) =>
        string.Join("\n", issues.OrderBy(issue => issue.Offset).Select(issue => Format(source, issue)));

    private static string Format(string source, CelIssue issue)
    {
        var (line, column, text) = Locate(source, issue.Offset);
        var mark = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(column))
        {
            mark.Append(rune.Utf8SequenceLength > 1 ? '．' : '.');
        }

        var wide = text.EnumerateRunes().Skip(column).FirstOrDefault().Utf8SequenceLength > 1;
        return $"ERROR: <input>:{line}:{column + 1}: {issue.Message}\n | {text.Replace('\t', ' ')}\n | {mark}{(wide ? '＾' : '^')}";
    }

    private static (int Line, int Column, string Text) Locate(string source, int offset)
    {
        var line = 1;
        var start = 0;
        var codePoint = 0;
        var lineStart = 0;
        for (var i = 0; i < source.Length && codePoint < offset; i++, codePoint++)
        {
            if (char.IsSurrogatePair(source, i))
            {
                i++;
            }

            if (source[i] == '\n')
            {
                line++;
                start = i + 1;
                lineStart = codePoint + 1;
            }
        }

        var end = source.IndexOf('\n', start);
        return (line, Math.Max(0, offset - lineStart), end < 0 ? source[start..] : source[start..end]);
    }
}

/// <summary>An expression cannot be compiled. The message has every issue, in cel-go's form.</summary>
public sealed class CelCompileException(string source, IReadOnlyList<CelIssue> issues) : Exception(CelIssue.Format(source, issues))
{
    public IReadOnlyList<CelIssue> Issues => issues;
}
