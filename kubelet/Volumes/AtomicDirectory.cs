using System.Globalization;
using System.Runtime.InteropServices;

namespace Kube.Kubelet.Volumes;

/// <summary>A file of a projected volume: content, permission bits, and the user it belongs to if not the kubelet's.</summary>
internal sealed record VolumeFile(byte[] Content, int Mode, long? UserId = null);

/// <summary>
/// A directory whose files change all at once: they are in a directory of their own that a link named ..data points to,
/// and every visible name is a link through it. A reader sees the old files or the new, never some of each.
/// </summary>
internal static partial class AtomicDirectory
{
    private const string Data = "..data";

    /// <summary>
    /// Brings the directory to hold exactly <paramref name="files"/>, by relative path. Answers whether anything changed.
    /// <paramref name="prepare"/> gets the directory of new files before they can be seen.
    /// </summary>
    /// <exception cref="IOException">A path leaves the directory, or the file system refused.</exception>
    public static bool Write(string directory, IReadOnlyDictionary<string, VolumeFile> files, DateTimeOffset now, Action<string>? prepare = null)
    {
        foreach (string path in files.Keys)
        {
            Validate(path);
        }

        Directory.CreateDirectory(directory);
        string link = Path.Combine(directory, Data);
        string? old = new FileInfo(link).LinkTarget;
        if (old is not null && Same(Path.Combine(directory, old), files))
        {
            return false;
        }

        string next = NewName(directory, now);
        foreach ((string path, VolumeFile file) in files)
        {
            string target = Path.Combine(directory, next, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, file.Content);
            File.SetUnixFileMode(target, (UnixFileMode)file.Mode);
            if (file.UserId is { } user)
            {
                VolumeOwnership.GiveToUser(target, user);
            }
        }

        Directory.CreateDirectory(Path.Combine(directory, next));
        prepare?.Invoke(Path.Combine(directory, next));
        string temporary = link + "_tmp";
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, next);
        Rename(temporary, link);
        LinkNames(directory, files);
        if (old is not null && Directory.Exists(Path.Combine(directory, old)))
        {
            Directory.Delete(Path.Combine(directory, old), recursive: true);
        }

        return true;
    }

    private static void LinkNames(string directory, IReadOnlyDictionary<string, VolumeFile> files)
    {
        HashSet<string> names = [.. files.Keys.Select(p => p.Split('/')[0])];
        foreach (string name in names)
        {
            string visible = Path.Combine(directory, name);
            if (new FileInfo(visible).LinkTarget is null)
            {
                File.CreateSymbolicLink(visible, Path.Combine(Data, name));
            }
        }

        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            string name = Path.GetFileName(path);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !names.Contains(name))
            {
                File.Delete(path);
            }
        }
    }

    private static bool Same(string current, IReadOnlyDictionary<string, VolumeFile> files)
    {
        if (!Directory.Exists(current))
        {
            return false;
        }

        List<string> present = [.. Directory.EnumerateFiles(current, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(current, p))];
        return present.Count == files.Count && present.TrueForAll(p =>
            files.TryGetValue(p, out VolumeFile? file)
            && ((int)File.GetUnixFileMode(Path.Combine(current, p)) & file.Mode) == file.Mode
            && File.ReadAllBytes(Path.Combine(current, p)).AsSpan().SequenceEqual(file.Content));
    }

    private static string NewName(string directory, DateTimeOffset now)
    {
        string stamp = now.UtcDateTime.ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture);
        for (int n = 0; ; n++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"..{stamp}.{now.UtcTicks % 10_000_000 + n}");
            if (!Directory.Exists(Path.Combine(directory, name)))
            {
                return name;
            }
        }
    }

    /// <summary>rename(2): .NET's own moves follow a link to a directory, and this one must move the link.</summary>
    private static void Rename(string from, string to)
    {
        if (RenameFile(from, to) != 0)
        {
            throw new IOException($"rename {from}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);

    private static void Validate(string path)
    {
        if (path.Length == 0 || path.StartsWith('/') || path.Split('/').Any(p => p is ".." or "") || path.StartsWith("..", StringComparison.Ordinal))
        {
            throw new IOException($"invalid path \"{path}\" in a volume");
        }
    }
}
