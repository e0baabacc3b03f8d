using System.Runtime.InteropServices;
using Kube.Api.Core.V1;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Volumes;

/// <summary>
/// Makes the volumes of pods on the host, below the kubelet's root directory, and takes them away. Calls for one pod must
/// not overlap; calls for different pods may.
/// </summary>
internal sealed partial class VolumeManager(string rootDirectory, ProjectedFiles projected, IObjectSource objects, TimeProvider time)
{
    private const UnixFileMode All = (UnixFileMode)0x1FF; // 0777

    public string PodDirectory(string uid) => Path.Combine(rootDirectory, "pods", uid);

    /// <summary>Makes or refreshes every volume of the pod and answers where each is on the host.</summary>
    /// <exception cref="VolumeException">A volume cannot be made; the text names it.</exception>
    public async Task<IReadOnlyDictionary<string, string>> MountAsync(Pod pod, PodStatus status, CancellationToken cancellation)
    {
        Dictionary<string, string> paths = new(StringComparer.Ordinal);
        foreach (Volume volume in pod.Spec?.Volumes ?? [])
        {
            try
            {
                paths[volume.Name!] = await MountOneAsync(pod, status, volume, cancellation);
            }
            catch (Exception e) when (e is VolumeException or IOException or UnauthorizedAccessException)
            {
                throw new VolumeException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {e.Message}");
            }
        }

        return paths;
    }

    /// <summary>Whether the pod has a volume whose content follows API objects.</summary>
    public static bool NeedsRefresh(Pod pod) => (pod.Spec?.Volumes ?? []).Exists(ProjectedFiles.Applies);

    /// <summary>Takes away everything of the pod on the host but what hostPath volumes name. Gone already is no error.</summary>
    public void Unmount(string uid)
    {
        string directory = PodDirectory(uid);
        if (!Directory.Exists(directory))
        {
            return;
        }

        string emptyDirs = Path.Combine(directory, "volumes", "kubernetes.io~empty-dir");
        if (Directory.Exists(emptyDirs))
        {
            foreach (string path in Directory.EnumerateDirectories(emptyDirs))
            {
                // EINVAL says that nothing is mounted there, which is what is wanted.
                _ = UnmountDirectory(path, DetachMount);
            }
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Pods that have anything on the host.</summary>
    public IEnumerable<string> PodsOnDisk()
    {
        string pods = Path.Combine(rootDirectory, "pods");
        return Directory.Exists(pods) ? Directory.EnumerateDirectories(pods).Select(p => Path.GetFileName(p)) : [];
    }

    private async Task<string> MountOneAsync(Pod pod, PodStatus status, Volume volume, CancellationToken cancellation)
    {
        if (ProjectedFiles.Applies(volume))
        {
            string kind = volume.ConfigMap is not null ? "configmap" : volume.Secret is not null ? "secret"
                : volume.DownwardAPI is not null ? "downward-api" : "projected";
            string path = VolumeDirectory(pod, kind, volume.Name!);
            Dictionary<string, VolumeFile> files = await projected.CollectAsync(pod, status, volume, cancellation);
            AtomicDirectory.Write(path, files, time.GetUtcNow(), made => VolumeOwnership.GiveToGroup(pod, made, isReadOnly: true));
            return path;
        }

        if (volume.EmptyDir is { } empty)
        {
            return MountEmptyDir(pod, volume.Name!, empty);
        }

        if (volume.HostPath is { } host)
        {
            return HostPath(host.Path!, host.Type ?? "");
        }

        return volume.PersistentVolumeClaim is { } claim
            ? await ClaimAsync(pod, claim.ClaimName!, cancellation)
            : throw new VolumeException("this kubelet has no plugin for the volume's type");
    }

    private async Task<string> ClaimAsync(Pod pod, string name, CancellationToken cancellation)
    {
        PersistentVolumeClaim claim = await objects.ClaimAsync(pod.Metadata.Namespace!, name, cancellation)
            ?? throw new VolumeException($"persistentvolumeclaim \"{name}\" not found");
        if (claim.Spec?.VolumeName is not { Length: > 0 } volumeName || claim.Status?.Phase != "Bound")
        {
            throw new VolumeException($"PVC {pod.Metadata.Namespace}/{name} is not bound");
        }

        PersistentVolume volume = await objects.VolumeAsync(volumeName, cancellation)
            ?? throw new VolumeException($"persistentvolume \"{volumeName}\" not found");
        return volume.Spec?.HostPath is { } host ? HostPath(host.Path!, host.Type ?? "")
            : volume.Spec?.Local is { } local ? HostPath(local.Path!, "Directory")
            : throw new VolumeException($"this kubelet has no plugin for the type of persistent volume \"{volumeName}\"");
    }

    private string MountEmptyDir(Pod pod, string name, EmptyDirVolumeSource source)
    {
        string path = VolumeDirectory(pod, "empty-dir", name);
        bool fresh = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        if (fresh)
        {
            File.SetUnixFileMode(path, All);
        }

        if (fresh && source.Medium == "Memory")
        {
            string options = source.SizeLimit is { IsZero: false } limit ? $"mode=0777,size={limit.Value()}" : "mode=0777";
            if (MountFileSystem("tmpfs", path, "tmpfs", 0, options) != 0)
            {
                string error = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
                Directory.Delete(path);
                throw new VolumeException($"cannot mount a memory file system: {error}");
            }
        }

        if (fresh)
        {
            VolumeOwnership.GiveToGroup(pod, path, isReadOnly: false);
        }

        return path;
    }

    private static string HostPath(string path, string type)
    {
        switch (type)
        {
            case "DirectoryOrCreate" when !Path.Exists(path):
                Directory.CreateDirectory(path);
                break;
            case "FileOrCreate" when !Path.Exists(path):
                File.Create(path).Dispose();
                break;
            case "Directory" or "DirectoryOrCreate" when !Directory.Exists(path):
                throw new VolumeException($"hostPath type check failed: {path} is not a directory");
            case "File" or "FileOrCreate" when !File.Exists(path):
                throw new VolumeException($"hostPath type check failed: {path} is not a file");
            case "Socket" or "CharDevice" or "BlockDevice" when !Path.Exists(path):
                throw new VolumeException($"hostPath type check failed: {path} is not a {type}");
        }

        return path;
    }

    private string VolumeDirectory(Pod pod, string kind, string name) =>
        Path.Combine(PodDirectory(pod.Uid()), "volumes", "kubernetes.io~" + kind, name);

    private const int DetachMount = 2;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountFileSystem(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountDirectory(string target, int flags);
}
