namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// Lets equal texts share one string while they are in use often: label keys and namespaces, which repeat across a hundred thousand
/// objects. A fixed number of places, one for each hash, the last text in it; so texts that clients invent cannot fill the
/// memory, as they would with <see cref="string.Intern"/>, which forgets nothing. Thread-safe: a race costs a string.
/// </summary>
internal sealed class TextPool(int places = 4096)
{
    private readonly string?[] _texts = new string?[places];

    /// <summary>A string of the same text.</summary>
    public string Share(string text)
    {
        ref var place = ref _texts[(uint)text.GetHashCode(StringComparison.Ordinal) % (uint)_texts.Length];
        var kept = Volatile.Read(ref place);
        if (kept == text)
        {
            return kept;
        }

        Volatile.Write(ref place, text);
        return text;
    }
}
