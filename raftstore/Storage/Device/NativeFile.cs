using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kube.RaftStore.Storage.Device;

/// <summary>The calls of Linux that .NET has no name for. A failed sync is reported, never retried.</summary>
internal static partial class NativeFile
{
    private const int EInval = 22;
    private const int ENoSpc = 28;
    private const int ESPipe = 29;
    private const int ENoSys = 38;
    private const int EDQuot = 122;
    private const int EOpNotSupp = 95;

    /// <summary>Makes a file's data durable, with what of its metadata is needed to read it.</summary>
    /// <exception cref="StorageFaultException">It may not be durable, now or ever.</exception>
    public static void SyncData(SafeFileHandle file, string path) => Check(FDataSync(file), "fdatasync", path);

    /// <summary>Makes a file's data and all metadata durable.</summary>
    public static void SyncAll(SafeFileHandle file, string path) => Check(FSync(file), "fsync", path);

    /// <summary>Writes a part of a file to the disk and waits for it. That alone makes nothing durable: it leaves less for the sync to do.</summary>
    /// <exception cref="StorageFaultException">It could not be written.</exception>
    public static void WriteBack(SafeFileHandle file, string path, long offset, long sizeBytes)
    {
        const int BeforeWriteAfter = 7;
        if (SyncFileRange(file, offset, sizeBytes, BeforeWriteAfter) != 0 && Marshal.GetLastPInvokeError() is var error
            && error is not (EInval or EOpNotSupp or ENoSys or ESPipe))
        {
            throw Fault("sync_file_range", path, error);
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string directory)
    {
        using var handle = OpenPath(directory, flags: 0x10000 /* O_DIRECTORY */ | 0x80000 /* O_CLOEXEC */);
        if (handle.IsInvalid)
        {
            throw Fault("open", directory, Marshal.GetLastPInvokeError());
        }

        Check(FSync(handle), "fsync", directory);
    }

    /// <summary>Gives a file blocks on the disk for its first <paramref name="sizeBytes"/>, which read as zeros.</summary>
    /// <exception cref="StorageFullException">There are none left.</exception>
    public static void Allocate(SafeFileHandle file, string path, long sizeBytes) => Allocate(file, path, 0, sizeBytes);

    /// <summary>Gives a file blocks on the disk from an offset on, which read as zeros.</summary>
    /// <exception cref="StorageFullException">There are none left.</exception>
    public static void Allocate(SafeFileHandle file, string path, long offset, long sizeBytes)
    {
        if (FAllocate(file, 0, offset, sizeBytes) == 0)
        {
            return;
        }

        var error = Marshal.GetLastPInvokeError();
        switch (error)
        {
            case ENoSpc or EDQuot:
                throw new StorageFullException($"{path}: no space for {sizeBytes} bytes");
            // A file system that cannot reserve blocks gets them written.
            case EOpNotSupp or EInval:
                WriteZeros(file, path, offset, sizeBytes);
                break;
            default:
                throw Fault("fallocate", path, error);
        }
    }

    /// <summary>Gives the blocks of a part of a file back; it reads as zeros then.</summary>
    /// <returns>False where the file system cannot.</returns>
    /// <exception cref="StorageFaultException">It could, and failed.</exception>
    public static bool Punch(SafeFileHandle file, string path, long offset, long sizeBytes)
    {
        if (FAllocate(file, 0x3 /* FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE */, offset, sizeBytes) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is EOpNotSupp or EInval ? false : throw Fault("fallocate", path, error);
    }

    /// <summary>Whether an exception of .NET's says that the disk is full.</summary>
    public static bool IsFull(IOException e) => (e.HResult & 0xFFFF) is ENoSpc or EDQuot;

    private static void WriteZeros(SafeFileHandle file, string path, long offset, long sizeBytes)
    {
        var zeros = new byte[1 << 20];
        try
        {
            for (long at = 0; at < sizeBytes; at += zeros.Length)
            {
                RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, sizeBytes - at)), offset + at);
            }
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new StorageFullException($"{path}: {e.Message}");
        }
    }

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw Fault(call, path, Marshal.GetLastPInvokeError());
        }
    }

    private static StorageFaultException Fault(string call, string path, int error) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}");

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long sizeBytes, uint flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenPath(string path, int flags);
}
