using System.Runtime.InteropServices;

namespace Kube.Kubelet.Volumes;

/// <summary>What a name in the file system stands for.</summary>
internal enum FileKind
{
    Missing,
    Regular,
    Directory,
    Socket,
    CharacterDevice,
    BlockDevice,
    Other,
}

/// <summary>Asks the kernel (statx) what a path is; .NET does not tell sockets and devices from files.</summary>
internal static partial class FileKinds
{
    private const int AtCurrentDirectory = -100;
    private const uint WantsType = 1; // STATX_TYPE
    private const int SizeBytes = 256; // struct statx
    private const int ModeOffset = 28; // stx_mode

    /// <summary>Links are followed.</summary>
    public static unsafe FileKind Of(string path)
    {
        Span<byte> status = stackalloc byte[SizeBytes];
        fixed (byte* at = status)
        {
            if (ExtendedStatus(AtCurrentDirectory, path, 0, WantsType, at) != 0)
            {
                return FileKind.Missing;
            }
        }

        return (BitConverter.ToUInt16(status[ModeOffset..]) & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xC000 => FileKind.Socket,
            0x2000 => FileKind.CharacterDevice,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ExtendedStatus(int directory, string path, int flags, uint mask, byte* status);
}
