namespace Kube.Kubelet.Volumes;

/// <summary>hostPath volumes: what their type says of the path.</summary>
internal static class HostPaths
{
    private const UnixFileMode DirectoryMode = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode FileMode = (UnixFileMode)0x1A4; // 0644

    /// <summary>Makes what is to be made, and checks what is there.</summary>
    /// <exception cref="VolumeException">The path is not of the type.</exception>
    /// <exception cref="IOException">The file system refused.</exception>
    public static string Check(string path, string type)
    {
        if (type is "DirectoryOrCreate" && !Path.Exists(path))
        {
            Directory.CreateDirectory(path, DirectoryMode);
        }
        else if (type is "FileOrCreate" && !Path.Exists(path))
        {
            using FileStream made = new(path, new FileStreamOptions { Mode = System.IO.FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = FileMode });
        }

        string? wanted = type switch
        {
            "Directory" or "DirectoryOrCreate" => Directory.Exists(path) ? null : "directory",
            "File" or "FileOrCreate" => FileKinds.Of(path) == FileKind.Regular ? null : "file",
            "Socket" => FileKinds.Of(path) == FileKind.Socket ? null : "socket file",
            "CharDevice" => FileKinds.Of(path) == FileKind.CharacterDevice ? null : "character device",
            "BlockDevice" => FileKinds.Of(path) == FileKind.BlockDevice ? null : "block device",
            _ => null,
        };
        return wanted is null ? path : throw new VolumeException($"hostPath type check failed: {path} is not a {wanted}");
    }
}
