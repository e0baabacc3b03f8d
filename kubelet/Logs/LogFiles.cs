using System.IO.Compression;

namespace Kube.Kubelet.Logs;

/// <summary>
/// A container's log and what was rotated out of it: PATH, PATH.20260102-030405 and PATH.20260102-030405.gz, as Kubernetes names them.
/// </summary>
internal static class LogFiles
{
    /// <summary>By default .NET takes "name.*" for "name" too, as DOS did.</summary>
    private static readonly EnumerationOptions AsWritten = new() { MatchType = MatchType.Simple };

    /// <summary>Ends the name of a rotated log that is compressed.</summary>
    public const string Compressed = ".gz";

    private const string Temporary = ".tmp";

    /// <summary>Rotated logs, oldest first; leftovers of a rotation that was cut short are not among them.</summary>
    public static IReadOnlyList<string> Rotated(string path)
    {
        List<string> all = All(path);
        return [.. all.Where(f => InUse(f, all)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes a log with everything that was rotated out of it.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        foreach (string rotated in All(path))
        {
            File.Delete(rotated);
        }
    }

    /// <summary>
    /// Makes room for one more rotated log: removes leftovers, then the oldest until <paramref name="maxFiles"/> will hold with the
    /// log itself and the next rotated one; compresses what stays.
    /// </summary>
    public static void MakeRoom(string path, int maxFiles)
    {
        List<string> all = All(path);
        foreach (string leftover in all.Where(f => !InUse(f, all)))
        {
            File.Delete(leftover);
        }

        IReadOnlyList<string> rotated = Rotated(path);
        int excess = rotated.Count - Math.Max(0, maxFiles - 2);
        for (int i = 0; i < rotated.Count; i++)
        {
            if (i < excess)
            {
                File.Delete(rotated[i]);
            }
            else if (!rotated[i].EndsWith(Compressed, StringComparison.Ordinal))
            {
                Compress(rotated[i]);
            }
        }
    }

    /// <summary>Name that a log rotated at that moment gets.</summary>
    public static string RotatedName(string path, DateTimeOffset now) =>
        $"{path}.{now.UtcDateTime.ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture)}";

    private static List<string> All(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, Path.GetFileName(path) + ".*", AsWritten)] : [];
    }

    private static bool InUse(string file, List<string> all) =>
        !file.EndsWith(Temporary, StringComparison.Ordinal)
        && (file.EndsWith(Compressed, StringComparison.Ordinal) || !all.Contains(file + Compressed));

    private static void Compress(string path)
    {
        using (FileStream source = File.OpenRead(path))
        using (FileStream target = File.Create(path + Temporary))
        using (GZipStream zip = new(target, CompressionLevel.Fastest))
        {
            source.CopyTo(zip);
        }

        File.Move(path + Temporary, path + Compressed, overwrite: true);
        File.Delete(path);
    }
}
