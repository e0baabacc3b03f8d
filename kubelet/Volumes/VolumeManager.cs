using System.Globalization;
using System.Runtime.InteropServices;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Volumes;

/// <summary>
/// Makes the volumes of pods on the host, below the kubelet's root directory, and takes them away. Calls for one pod must
/// not overlap; calls for different pods may.
/// </summary>
internal sealed partial class VolumeManager(
    string rootDirectory, ProjectedFiles projected, IObjectSource objects, IReadOnlyDictionary<string, Quantity> allocatable, TimeProvider time)
{
    private const UnixFileMode All = (UnixFileMode)0x1FF; // 0777
    private const string SubPathDirectory = "volume-subpaths";

    public string PodDirectory(string uid) => PodDirectory(rootDirectory, uid);

    /// <summary>Makes or refreshes every volume of the pod and answers where each is on the host.</summary>
    /// <exception cref="VolumeException">A volume cannot be made; the text names it.</exception>
    public async Task<IReadOnlyDictionary<string, MountedVolume>> MountAsync(Pod pod, PodStatus status, CancellationToken cancellation)
    {
        Dictionary<string, MountedVolume> mounted = new(StringComparer.Ordinal);
        foreach (Volume volume in pod.Spec?.Volumes ?? [])
        {
            try
            {
                mounted[volume.Name!] = await MountOneAsync(pod, status, volume, cancellation);
            }
            catch (Exception e) when (e is VolumeException or IOException or UnauthorizedAccessException)
            {
                throw new VolumeException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {e.Message}");
            }
        }

        return mounted;
    }

    /// <summary>Where a part of a volume is bound for one mount of a container.</summary>
    public static string SubPathPlace(string podDirectory, string volume, string container, int mount) =>
        Path.Combine(podDirectory, SubPathDirectory, volume, container, mount.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether the pod has a volume whose content follows API objects.</summary>
    public static bool NeedsRefresh(Pod pod) => (pod.Spec?.Volumes ?? []).Exists(ProjectedFiles.Applies);

    /// <summary>Takes away everything of the pod on the host but what hostPath volumes name. Gone already is no error.</summary>
    public void Unmount(string uid) => Unmount(rootDirectory, uid);

    /// <summary>As the other, for a kubelet that does not run.</summary>
    public static void Unmount(string rootDirectory, string uid)
    {
        string directory = PodDirectory(rootDirectory, uid);
        if (!Directory.Exists(directory))
        {
            return;
        }

        // First: what is bound there is not the pod's to delete.
        SubPaths.Release(Path.Combine(directory, SubPathDirectory));
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
    public static IReadOnlyList<string> PodsOnDisk(string rootDirectory)
    {
        string pods = Path.Combine(rootDirectory, "pods");
        return Directory.Exists(pods) ? [.. Directory.EnumerateDirectories(pods).Select(static p => Path.GetFileName(p))] : [];
    }

    private static string PodDirectory(string rootDirectory, string uid) => Path.Combine(rootDirectory, "pods", uid);

    private async Task<MountedVolume> MountOneAsync(Pod pod, PodStatus status, Volume volume, CancellationToken cancellation)
    {
        if (ProjectedFiles.Applies(volume))
        {
            string kind = volume.ConfigMap is not null ? "configmap" : volume.Secret is not null ? "secret"
                : volume.DownwardAPI is not null ? "downward-api" : "projected";
            string path = VolumeDirectory(pod, kind, volume.Name!);
            Dictionary<string, VolumeFile> files = await projected.CollectAsync(pod, status, volume, cancellation);
            AtomicDirectory.Write(path, files, time.GetUtcNow(), made => VolumeOwnership.GiveToGroup(pod, made, isReadOnly: true));
            return new MountedVolume(path, IsReadOnly: true);
        }

        if (volume.EmptyDir is { } empty)
        {
            return new MountedVolume(MountEmptyDir(pod, volume.Name!, empty), IsReadOnly: false);
        }

        if (volume.HostPath is { } host)
        {
            return new MountedVolume(HostPaths.Check(host.Path!, host.Type ?? ""), IsReadOnly: false);
        }

        return volume.PersistentVolumeClaim is { } claim
            ? new MountedVolume(await ClaimAsync(pod, claim.ClaimName!, cancellation), claim.ReadOnly)
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
        if (volume.Spec?.ClaimRef?.Uid is { } holder && holder != claim.Metadata.Uid)
        {
            throw new VolumeException($"PVC {pod.Metadata.Namespace}/{name} is not bound: pv.Spec.ClaimRef.UID {holder} of persistentvolume \"{volumeName}\" is another's");
        }

        if (volume.Spec?.VolumeMode == "Block")
        {
            throw new VolumeException($"this kubelet has no block volumes: persistentvolume \"{volumeName}\"");
        }

        if (volume.Spec?.HostPath is { } host)
        {
            return HostPaths.Check(host.Path!, host.Type ?? "");
        }

        if (volume.Spec?.Local is not { } local)
        {
            throw new VolumeException($"this kubelet has no plugin for the type of persistent volume \"{volumeName}\"");
        }

        string path = HostPaths.Check(local.Path!, "Directory");
        VolumeOwnership.GiveToGroup(pod, path, isReadOnly: false);
        return path;
    }

    private string MountEmptyDir(Pod pod, string name, EmptyDirVolumeSource source)
    {
        if (source.Medium is { Length: > 0 } medium and not "Memory")
        {
            throw new VolumeException($"this kubelet has no empty directories of the medium {medium}");
        }

        string path = VolumeDirectory(pod, "empty-dir", name);
        bool fresh = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        if (fresh)
        {
            File.SetUnixFileMode(path, All);
        }

        if (fresh && source.Medium == "Memory")
        {
            string options = MemorySize(pod, source, allocatable) is { } size ? $"mode=0777,size={size}" : "mode=0777";
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

    /// <summary>
    /// How many bytes a memory file system holds at most: the least of what the node can give away, what the pod's containers may
    /// take together, and the volume's own limit. Null when nothing says anything.
    /// </summary>
    internal static long? MemorySize(Pod pod, EmptyDirVolumeSource source, IReadOnlyDictionary<string, Quantity> allocatable)
    {
        List<long> limits = [];
        if (allocatable.TryGetValue("memory", out Quantity node) && !node.IsZero)
        {
            limits.Add(node.Value());
        }

        List<long?> containers = [.. pod.Containers().Select(static c =>
            c.Resources?.Limits is { } l && l.TryGetValue("memory", out Quantity memory) ? memory.Value() : (long?)null)];
        if (containers.Count > 0 && containers.TrueForAll(static c => c > 0))
        {
            limits.Add(containers.Sum(static c => c!.Value));
        }

        if (source.SizeLimit is { IsZero: false } own)
        {
            limits.Add(own.Value());
        }

        return limits.Count == 0 ? null : limits.Min();
    }

    private string VolumeDirectory(Pod pod, string kind, string name) =>
        Path.Combine(PodDirectory(pod.Uid()), "volumes", "kubernetes.io~" + kind, name);

    private const int DetachMount = 2;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountFileSystem(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountDirectory(string target, int flags);
}
