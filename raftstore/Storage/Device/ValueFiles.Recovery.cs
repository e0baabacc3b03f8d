using System.Globalization;

namespace Kube.RaftStore.Storage.Device;

/// <summary>What a start keeps of value files.</summary>
internal sealed partial class ValueFiles
{
    /// <summary>
    /// Keeps the pieces that the newest snapshot refers to and gives all else back: what was appended after it, and what had been freed and was
    /// not given back when the process ended. Before anything is appended.
    /// </summary>
    /// <param name="pieces">Place and length of every piece to keep.</param>
    /// <exception cref="StorageCorruptException">One is not there.</exception>
    public void Recover(IReadOnlyDictionary<long, int> pieces)
    {
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var kept = OpenKept(pieces, FileAccess.ReadWrite);
        foreach (var (number, path) in List())
        {
            _last = Math.Max(_last, number);
            if (!kept.TryGetValue(number, out var held))
            {
                File.Delete(path);
                continue;
            }
            var file = _files[number];
            long end = 0;
            foreach (var (place, lengthBytes) in held)
            {
                Punch(file, end, OffsetOf(place));
                end = OffsetOf(place) + lengthBytes;
                file.LiveBytes += lengthBytes;
            }
            RandomAccess.SetLength(file.Handle, end);
            file.EndBytes = file.SyncedBytes = end;
        }
        File.Delete(ProbePath);
        // Nothing is appended to a file of an earlier process: the next one is begun behind this number.
        _last += _last < 0 ? 0 : 1;
    }

    /// <summary>Opens the files of pieces to look at them, and changes nothing.</summary>
    /// <exception cref="StorageCorruptException">One is not there.</exception>
    public void OpenToRead(IReadOnlyDictionary<long, int> pieces) => OpenKept(pieces, FileAccess.Read);

    private Dictionary<int, List<KeyValuePair<long, int>>> OpenKept(IReadOnlyDictionary<long, int> pieces, FileAccess access)
    {
        var kept = pieces.GroupBy(static piece => NumberOf(piece.Key)).ToDictionary(static file => file.Key, static file => file.OrderBy(static piece => piece.Key).ToList());
        foreach (var (number, held) in kept)
        {
            var path = PathOf(number);
            if (!File.Exists(path))
            {
                throw new StorageCorruptException(path, 0, $"the file is missing, and the newest snapshot refers to {held.Count} places in it");
            }
            var handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
            _files.Add(number, new FileState(number, handle));
            var length = RandomAccess.GetLength(handle);
            long end = 0;
            foreach (var (place, lengthBytes) in held)
            {
                if (OffsetOf(place) < end)
                {
                    throw new StorageCorruptException(path, OffsetOf(place), "the newest snapshot refers to two pieces that overlap");
                }
                end = OffsetOf(place) + lengthBytes;
            }
            if (length < end)
            {
                throw new StorageCorruptException(path, length, $"the file ends, and the newest snapshot refers to what was behind, up to {end}");
            }
        }
        return kept;
    }

    private void Punch(FileState file, long from, long to)
    {
        if (to > from)
        {
            NativeFile.Punch(file.Handle, PathOf(file.Number), from, to - from);
        }
    }

    private IEnumerable<(int Number, string Path)> List()
    {
        foreach (var path in Directory.GetFiles(_directory, Prefix + "*"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan())[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return (number, path);
            }
        }
    }
}
