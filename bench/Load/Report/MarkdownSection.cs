namespace Kube.Load.Report;

/// <summary>The part of a Markdown page between two comments that name it, which a run writes again.</summary>
internal static class MarkdownSection
{
    /// <summary>Puts text between `&lt;!-- begin: name --&gt;` and `&lt;!-- end: name --&gt;`.</summary>
    /// <exception cref="InvalidDataException">The page has no such part.</exception>
    public static void Replace(string file, string name, string text)
    {
        var page = File.ReadAllText(file);
        var (begin, end) = ($"<!-- begin: {name} -->", $"<!-- end: {name} -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{file} has no part between {begin} and {end}");
        }

        File.WriteAllText(file, $"{page[..(from + begin.Length)]}\n{text.Trim('\n')}\n{page[to..]}");
    }
}
