using System.Runtime.InteropServices;
using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Volumes;

/// <summary>
/// To whom the files of a pod's volumes belong: to the pod's fsGroup, and its tokens to its user. Only a kubelet that
/// runs as root can give files away; under another user all containers run as that user anyway, and nothing is done.
/// </summary>
internal static partial class VolumeOwnership
{
    private const int SetGroupOnFiles = 0x400; // 02000: what is made below a directory belongs to the directory's group
    private const int GroupReads = 0x120; // 0440
    private const int GroupWrites = 0x1B0; // 0660
    private const int GroupEnters = 0x48; // 0110

    /// <summary>Gives everything below <paramref name="path"/>, itself included, to the pod's fsGroup, if it has one.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public static void GiveToGroup(Pod pod, string path, bool isReadOnly)
    {
        if (!Environment.IsPrivilegedProcess || pod.Spec?.SecurityContext?.FsGroup is not { } group)
        {
            return;
        }

        Give(path, group, isReadOnly, isDirectory: true);
        foreach (FileSystemInfo entry in new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            if (entry.LinkTarget is null)
            {
                Give(entry.FullName, group, isReadOnly, entry is DirectoryInfo);
            }
        }
    }

    /// <summary>The user to whom a pod's tokens belong: the one that all its containers run as, if they say so.</summary>
    public static long? TokenOwner(Pod pod)
    {
        long?[] users = [.. pod.EveryContainer().Select(c => c.SecurityContext?.RunAsUser ?? pod.Spec?.SecurityContext?.RunAsUser).Distinct()];
        return users is [{ } user] ? user : null;
    }

    /// <summary>Gives one file to a user.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public static void GiveToUser(string path, long user)
    {
        if (Environment.IsPrivilegedProcess)
        {
            ChangeOwner(path, (uint)user, uint.MaxValue);
        }
    }

    private static void Give(string path, long group, bool isReadOnly, bool isDirectory)
    {
        ChangeOwner(path, uint.MaxValue, (uint)group);
        int more = (isReadOnly ? GroupReads : GroupWrites) | (isDirectory ? SetGroupOnFiles | GroupEnters : 0);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | (UnixFileMode)more);
    }

    /// <summary>lchown(2); the highest number leaves owner or group as it is.</summary>
    private static void ChangeOwner(string path, uint user, uint group)
    {
        if (LinkChangeOwner(path, user, group) != 0)
        {
            throw new IOException($"lchown {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkChangeOwner(string path, uint user, uint group);
}
