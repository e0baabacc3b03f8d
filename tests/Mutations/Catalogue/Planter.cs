using System.Text;

namespace Kube.RaftStore.Mutations.Catalogue;

/// <summary>Puts planted bugs into the text of a source.</summary>
public static class Planter
{
    /// <summary>The source with all the edits, each at its place in the original.</summary>
    /// <exception cref="PlantingException">A place is not there exactly once, or two of them overlap.</exception>
    public static string Plant(string source, IReadOnlyList<Edit> edits)
    {
        var planted = new StringBuilder();
        var done = 0;
        foreach (var (edit, at) in edits.Select(edit => (edit, Find(source, edit))).OrderBy(place => place.Item2))
        {
            if (at < done)
            {
                throw new PlantingException($"{edit.File}: two bugs want the place of: {edit.Sound}");
            }

            planted.Append(source, done, at - done).Append(edit.Planted);
            done = at + edit.Sound.Length;
        }

        return planted.Append(source, done, source.Length - done).ToString();
    }

    private static int Find(string source, Edit edit)
    {
        var at = source.IndexOf(edit.Sound, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(edit.Sound, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new PlantingException($"{edit.File} has to hold this once, or the bug planted there needs another place: {edit.Sound}");
        }

        return at;
    }
}
