namespace Kube.SchedulerBench;

/// <summary>A page with places for tables between markers.</summary>
internal static class Document
{
    /// <summary>Puts the table between the markers of the name, in the place of what is there.</summary>
    /// <exception cref="InvalidDataException">The page has no such markers.</exception>
    public static async Task ReplaceAsync(string path, string name, string table, CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        var begin = $"<!-- {name}: begin -->\n";
        var end = $"<!-- {name}: end -->";
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{path} has no place for the table: markers \"{name}\"");
        }

        await File.WriteAllTextAsync(path, text[..(from + begin.Length)] + table + text[to..], cancellationToken);
    }
}
