namespace Kube.Kubelet.Disks;

/// <summary>Adds up what a directory takes, as du does: links are not followed, other file systems not entered, a file with two names counts once.</summary>
internal static class DirectoryUsage
{
    /// <summary>The sum; what vanishes meanwhile does not count, and nothing at all where the path is not there.</summary>
    public static DiskUsage Of(string path)
    {
        if (FileSystems.ReadFile(path) is not { } root)
        {
            return default;
        }

        DiskUsage sum = new(root.Bytes, 1);
        if (!root.IsDirectory)
        {
            return sum;
        }

        HashSet<ulong> counted = [];
        Stack<string> directories = new([path]);
        while (directories.TryPop(out string? directory))
        {
            foreach (string entry in Entries(directory))
            {
                if (FileSystems.ReadFile(entry) is not { } file
                    || (file.IsDirectory && file.Device != root.Device)
                    || (file is { IsDirectory: false, Links: > 1 } && !counted.Add(file.Inode)))
                {
                    continue;
                }

                sum += new DiskUsage(file.Bytes, 1);
                if (file.IsDirectory)
                {
                    directories.Push(entry);
                }
            }
        }

        return sum;
    }

    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile.
            return [];
        }
    }
}
