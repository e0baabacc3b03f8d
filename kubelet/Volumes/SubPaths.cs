using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kube.Kubelet.Volumes;

/// <summary>
/// Parts of volumes that are mounted by themselves. Whoever writes to a volume may put links into it, so the kernel is asked to walk
/// the path without leaving the volume (openat2, RESOLVE_BENEATH), and what it found is bound to a place of the kubelet's own
/// before a runtime gets it: no later change of the links leads anywhere else.
/// </summary>
internal static partial class SubPaths
{
    private const int OpenAt2 = 437; // the number is the same on every architecture
    private const int AtCurrentDirectory = -100;
    private const ulong PathOnly = 0x200000; // O_PATH
    private const ulong CloseOnExec = 0x80000; // O_CLOEXEC
    private const ulong Beneath = 0x08;
    private const ulong NoMagicLinks = 0x02;
    private const ulong Bind = 4096;
    private const int DetachMount = 2;
    private const int NotFound = 2; // ENOENT
    private const int NotMounted = 22; // EINVAL
    private const int Exists = 17; // EEXIST

    /// <summary>
    /// The place on the host to mount for a path below a volume. Directories that are missing are made, with the mode of the volume's.
    /// </summary>
    /// <param name="volume">The volume's place on the host.</param>
    /// <param name="subPath">A relative path.</param>
    /// <param name="place">Where to bind it; null to answer the path itself, for a runtime whose containers see the host's files anyway.</param>
    /// <exception cref="IOException">The path leaves the volume, or the file system refused.</exception>
    public static string Prepare(string volume, string subPath, string? place)
    {
        using SafeFileHandle root = Open(AtCurrentDirectory, volume, 0) ?? throw Failure("open", volume);
        using SafeFileHandle found = Find(root, volume, subPath);
        string path = $"/proc/self/fd/{found.DangerousGetHandle()}";
        string real = new FileInfo(path).LinkTarget ?? throw new IOException($"subPath \"{subPath}\" cannot be followed");
        if (place is null)
        {
            return real;
        }

        Unbind(place);
        if (Directory.Exists(path))
        {
            Directory.CreateDirectory(place);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Create(place).Dispose();
        }

        return Mount(path, place, null, Bind, null) == 0 ? place : throw Failure("bind", subPath);
    }

    /// <summary>Takes away everything that is bound below a directory, and the directory.</summary>
    /// <exception cref="IOException">Something is bound there and cannot be let go: nothing is deleted then.</exception>
    public static void Release(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        // VOLUME/CONTAINER/NUMBER: nothing deeper is looked at, for it may be a volume's content.
        foreach (string place in Directory.EnumerateDirectories(directory).SelectMany(Directory.EnumerateDirectories).SelectMany(Directory.EnumerateFileSystemEntries))
        {
            Unbind(place);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static void Unbind(string place)
    {
        while (Path.Exists(place))
        {
            if (Unmount(place, DetachMount) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != NotMounted)
                {
                    throw Failure("umount", place, error);
                }

                return;
            }
        }
    }

    private static SafeFileHandle Find(SafeFileHandle root, string volume, string subPath)
    {
        int directory = (int)root.DangerousGetHandle();
        if (Open(directory, subPath, Beneath | NoMagicLinks) is { } found)
        {
            return found;
        }

        if (Marshal.GetLastPInvokeError() != NotFound)
        {
            throw Failure("open", subPath);
        }

        uint mode = (uint)File.GetUnixFileMode(volume);
        string[] parts = subPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 1; i <= parts.Length; i++)
        {
            Make(directory, string.Join('/', parts[..i]), mode);
        }

        return Open(directory, subPath, Beneath | NoMagicLinks) ?? throw Failure("open", subPath);
    }

    /// <summary>Makes one directory if it is not there; its parent is found beneath the root, and its name is no link.</summary>
    private static void Make(int root, string path, uint mode)
    {
        using SafeFileHandle? there = Open(root, path, Beneath | NoMagicLinks);
        if (there is not null)
        {
            return;
        }

        string parent = Path.GetDirectoryName(path) is { Length: > 0 } above ? above : ".";
        using SafeFileHandle within = Open(root, parent, Beneath | NoMagicLinks) ?? throw Failure("open", parent);
        if (MakeDirectory((int)within.DangerousGetHandle(), Path.GetFileName(path), 0x1C0) != 0 && Marshal.GetLastPInvokeError() != Exists)
        {
            throw Failure("mkdir", path);
        }

        using SafeFileHandle made = Open(root, path, Beneath | NoMagicLinks) ?? throw Failure("open", path);
        // The process' own mask must not narrow it.
        File.SetUnixFileMode($"/proc/self/fd/{made.DangerousGetHandle()}", (UnixFileMode)mode);
    }

    private static SafeFileHandle? Open(int directory, string path, ulong resolve)
    {
        OpenHow how = new() { Flags = PathOnly | CloseOnExec, Resolve = resolve };
        nint descriptor = SystemCall(OpenAt2, directory, path, ref how, Marshal.SizeOf<OpenHow>());
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static IOException Failure(string what, string path) => Failure(what, path, Marshal.GetLastPInvokeError());

    private static IOException Failure(string what, string path, int error) => new($"{what} {path}: {Marshal.GetPInvokeErrorMessage(error)}");

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, nint directory, string path, ref OpenHow how, nint sizeBytes);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(int directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
