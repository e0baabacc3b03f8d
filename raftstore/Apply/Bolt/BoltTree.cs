using Kube.Base;

namespace Kube.RaftStore.Apply.Bolt;

/// <summary>
/// Builds one B+tree from entries that come in order: leaves are filled to the brim and written, and each level
/// above keeps one open page.
/// </summary>
internal sealed class BoltTree(BoltPages pages, uint elementFlags)
{
    private readonly List<Level> _levels = [new()];
    private byte[]? _lastKey;

    public void Add(BoltEntry entry)
    {
        var key = entry.Key.ToArray();
        Invariant.Check(key.Length > 0 && (_lastKey is null || _lastKey.AsSpan().SequenceCompareTo(key) < 0), "keys come in order");
        _lastKey = key;
        Add(0, new BoltElement(key, 0, entry.ValueBytes, entry.WriteValue));
    }

    /// <summary>Writes what is open.</summary>
    /// <returns>The page of the root.</returns>
    public ulong Complete()
    {
        for (var level = 0; ; level++)
        {
            if (level == _levels.Count - 1)
            {
                // A single child needs no parent.
                return level > 0 && _levels[level].Elements is [var only] ? only.Child : Write(level);
            }
            Close(level);
        }
    }

    private void Add(int level, BoltElement element)
    {
        if (level == _levels.Count)
        {
            _levels.Add(new Level());
        }
        var open = _levels[level];
        var size = BoltFormat.ElementBytes + element.Key.Length + element.ValueBytes;
        if (open.Elements.Count > 0 && open.SizeBytes + size > BoltFormat.PageBytes)
        {
            Close(level);
        }
        open.Elements.Add(element);
        open.SizeBytes += size;
    }

    /// <summary>Writes the open page of a level and enters it in the level above.</summary>
    private void Close(int level)
    {
        var firstKey = _levels[level].Elements[0].Key;
        var page = Write(level);
        Add(level + 1, new BoltElement(firstKey, page, 0, null));
    }

    private ulong Write(int level)
    {
        var open = _levels[level];
        var content = open.SizeBytes - BoltFormat.PageHeadBytes - (open.Elements.Count * BoltFormat.ElementBytes);
        var page = pages.Write(level == 0 ? BoltFormat.LeafPage : BoltFormat.BranchPage, elementFlags, open.Elements, content);
        open.Elements.Clear();
        open.SizeBytes = BoltFormat.PageHeadBytes;
        return page;
    }

    private sealed class Level
    {
        public List<BoltElement> Elements { get; } = [];

        public long SizeBytes { get; set; } = BoltFormat.PageHeadBytes;
    }
}
