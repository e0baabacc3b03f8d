namespace Kube.RaftStore.Mvcc;

/// <summary>
/// Every version in the order it was written, in chunks. One writer appends; readers walk beside it, bounded by
/// the revision of the view they hold. Compaction marks versions dropped and packs chunks that are mostly dead.
/// </summary>
internal sealed class RevisionLog
{
    private const int ChunkSize = 1024;

    /// <summary>A chunk of fewer versions is joined to its neighbour when that is packed.</summary>
    private const int SmallChunk = ChunkSize / 4;

    private static readonly KeyVersion s_hole = new([], 0, 0, 0, 0, 0, default, null) { Dropped = true };

    private Chunk[] _chunks = [];

    /// <summary>Chunks that the history is in.</summary>
    public int ChunkCount => Volatile.Read(ref _chunks).Length;

    /// <summary>Appends the next version; its (main, sub) is above all before it.</summary>
    public void Append(KeyVersion version)
    {
        var chunks = _chunks;
        if (chunks.Length == 0 || chunks[^1].Count == chunks[^1].Items.Length)
        {
            var tail = new Chunk(new KeyVersion[ChunkSize], version.ModRevision);
            Volatile.Write(ref _chunks, [.. chunks, tail]);
            tail.Append(version);
            return;
        }
        chunks[^1].Append(version);
    }

    /// <summary>Walks the versions with <paramref name="from"/> &lt;= main revision &lt;= <paramref name="to"/>, dropped ones left out.</summary>
    public IEnumerable<KeyVersion> Walk(long from, long to)
    {
        var chunks = Volatile.Read(ref _chunks);
        for (var i = FirstChunk(chunks, from); i < chunks.Length; i++)
        {
            var chunk = chunks[i];
            if (chunk.FirstMain > to)
            {
                yield break;
            }
            var count = chunk.Count;
            for (var j = 0; j < count; j++)
            {
                var version = chunk.Items[j];
                if (version.ModRevision > to)
                {
                    yield break;
                }
                if (version.ModRevision >= from && !version.Dropped)
                {
                    yield return version;
                }
            }
        }
    }

    /// <summary>Marks a version dropped. Writer only.</summary>
    public void Drop(KeyVersion version)
    {
        version.Dropped = true;
        var chunks = _chunks;
        for (var i = FirstChunk(chunks, version.ModRevision); i < chunks.Length; i++)
        {
            var chunk = chunks[i];
            if (i + 1 == chunks.Length || chunk.LastMain >= version.ModRevision)
            {
                chunk.Dead++;
                chunk.HasUnpunched = true;
                return;
            }
        }
    }

    /// <summary>
    /// Lets go of the versions marked dropped in some chunks: those of which half or more is dead are packed (never the one being
    /// filled), in the others a hole takes their place. Writer only.
    /// </summary>
    /// <param name="at">The chunk to begin with: 0, then what the call before gave.</param>
    /// <param name="chunks">How many chunks to look at, at least 2: what was left small is joined to what follows.</param>
    /// <returns>The chunk to go on with, -1 when that was the last.</returns>
    public int Pack(int at, int chunks)
    {
        var before = _chunks;
        var end = Math.Min(before.Length, at + chunks);
        var packed = new List<Chunk>(end - at);
        List<KeyVersion>? open = null;
        for (var i = at; i < end; i++)
        {
            var chunk = before[i];
            var sparse = i + 1 < before.Length && (chunk.Dead * 2 >= chunk.Count || (chunk.Count < SmallChunk && (open is not null || i == at)));
            if (!sparse)
            {
                Close(packed, ref open);
                chunk.PunchHoles();
                packed.Add(chunk);
                continue;
            }
            open ??= [];
            for (var j = 0; j < chunk.Count; j++)
            {
                if (!chunk.Items[j].Dropped)
                {
                    open.Add(chunk.Items[j]);
                }
            }
            if (open.Count >= ChunkSize)
            {
                Close(packed, ref open);
            }
        }
        Close(packed, ref open);
        if (!packed.SequenceEqual(before[at..end]))
        {
            Volatile.Write(ref _chunks, [.. before.AsSpan(0, at), .. packed, .. before.AsSpan(end)]);
        }
        var next = at + packed.Count - (packed.Count > 0 && packed[^1].Count < SmallChunk ? 1 : 0);
        return end < before.Length ? next : -1;
    }

    private static void Close(List<Chunk> packed, ref List<KeyVersion>? open)
    {
        if (open is { Count: > 0 })
        {
            packed.Add(new Chunk([.. open], open[0].ModRevision) { Count = open.Count, LastMain = open[^1].ModRevision });
        }
        open = null;
    }

    /// <summary>The last chunk that may hold the first version of a main revision.</summary>
    private static int FirstChunk(Chunk[] chunks, long main)
    {
        int low = 0, high = chunks.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (chunks[middle].FirstMain < main)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return Math.Max(0, low - 1);
    }

    private sealed class Chunk(KeyVersion[] items, long firstMain)
    {
        private int _count;

        public KeyVersion[] Items { get; } = items;

        /// <summary>Main revision of the first version the chunk was made with.</summary>
        public long FirstMain { get; } = firstMain;

        public int Dead { get; set; }

        /// <summary>Items in use; published after the item it counts.</summary>
        public int Count
        {
            get => Volatile.Read(ref _count);
            init => _count = value;
        }

        /// <summary>Main revision of the last version appended. Writer only.</summary>
        public long LastMain { get; set; }

        /// <summary>True when a version was dropped and still has its place. Writer only.</summary>
        public bool HasUnpunched { get; set; }

        public void PunchHoles()
        {
            for (var i = 0; HasUnpunched && i < _count; i++)
            {
                if (Items[i].Dropped)
                {
                    Items[i] = s_hole;
                }
            }
            HasUnpunched = false;
        }

        public void Append(KeyVersion version)
        {
            LastMain = version.ModRevision;
            Items[_count] = version;
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
