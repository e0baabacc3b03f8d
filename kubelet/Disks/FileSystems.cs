using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kube.Kubelet.Disks;

/// <summary>How full a file system is.</summary>
internal sealed record FileSystemReading
{
    public long CapacityBytes { get; init; }

    /// <summary>What programs may still write.</summary>
    public long AvailableBytes { get; init; }

    public long UsedBytes { get; init; }

    /// <summary>0 where the file system does not count them.</summary>
    public long Inodes { get; init; }

    public long InodesFree { get; init; }

    public long InodesUsed => Inodes - InodesFree;

    /// <summary>Tells one file system from another.</summary>
    public ulong Id { get; init; }
}

/// <summary>Asks the kernel about file systems and files.</summary>
internal static unsafe partial class FileSystems
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint Wanted = 0x1 | 0x4 | 0x100 | 0x400; // type, links, inode, blocks

    /// <summary>The kernel's struct statx is the same on every architecture.</summary>
    private const int StatusSizeBytes = 256;

    /// <exception cref="IOException">There is no such path.</exception>
    public static FileSystemReading Read(string path)
    {
        // statvfs of 64-bit Linux: block size, fragment size, blocks, free, available, inodes, free, available, id, …
        ulong* fields = stackalloc ulong[16];
        if (StatVfs(path, fields) != 0)
        {
            throw new IOException($"statvfs {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        long fragment = (long)fields[1];
        return new FileSystemReading
        {
            CapacityBytes = (long)fields[2] * fragment,
            AvailableBytes = (long)fields[4] * fragment,
            UsedBytes = (long)(fields[2] - fields[3]) * fragment,
            Inodes = (long)fields[5],
            InodesFree = (long)fields[6],
            Id = fields[8] ^ (fields[2] << 1) ^ (fields[5] << 3),
        };
    }

    /// <summary>What a file takes, links not followed; null when it is gone.</summary>
    public static FileReading? ReadFile(string path)
    {
        byte* answer = stackalloc byte[StatusSizeBytes];
        return StatX(CurrentDirectory, path, NoFollow, Wanted, answer) == 0 ? Reading(answer) : null;
    }

    /// <summary>What an open file takes, whatever its name is now.</summary>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static FileReading ReadFile(SafeFileHandle file)
    {
        byte* answer = stackalloc byte[StatusSizeBytes];
        int failed = StatX((int)file.DangerousGetHandle(), "", EmptyPath, Wanted, answer);
        GC.KeepAlive(file);
        return failed == 0 ? Reading(answer) : throw new IOException($"statx of an open file: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private static FileReading Reading(byte* answer) => new(
        Bytes: *(long*)(answer + 48) * 512,
        Links: *(uint*)(answer + 16),
        Inode: *(ulong*)(answer + 32),
        Device: *(ulong*)(answer + 136),
        IsDirectory: (*(ushort*)(answer + 28) & 0xF000) == 0x4000);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, ulong* answer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, byte* answer);
}

/// <summary>What one file takes of its disk.</summary>
internal readonly record struct FileReading(long Bytes, uint Links, ulong Inode, ulong Device, bool IsDirectory);
