using System.Text;
using Kube.Api.Core.V1;
using Kube.Api.Values;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Volumes;

/// <summary>The files of volumes that show API objects: config maps, secrets, the pod's own fields, tokens, and all of these together.</summary>
internal sealed class ProjectedFiles(
    IObjectSource objects, TokenCache tokens, string nodeName, IReadOnlyDictionary<string, Quantity> allocatable)
{
    private const int DefaultMode = 0x1A4; // 0644
    private const int OwnedTokenMode = 0x180; // 0600
    private const long DefaultTokenSeconds = 3600;

    /// <summary>Whether the volume is made of API objects, so that it has to be kept up to date.</summary>
    public static bool Applies(Volume volume) =>
        volume.ConfigMap is not null || volume.Secret is not null || volume.DownwardAPI is not null || volume.Projected is not null;

    /// <exception cref="VolumeException">Something that is not optional is not there.</exception>
    public async Task<Dictionary<string, VolumeFile>> CollectAsync(Pod pod, PodStatus status, Volume volume, CancellationToken cancellation)
    {
        Dictionary<string, VolumeFile> files = new(StringComparer.Ordinal);
        if (volume.ConfigMap is { } map)
        {
            await AddConfigMapAsync(files, pod, map.Name!, map.Items, map.DefaultMode ?? DefaultMode, map.Optional == true, cancellation);
        }
        else if (volume.Secret is { } secret)
        {
            await AddSecretAsync(files, pod, secret.SecretName!, secret.Items, secret.DefaultMode ?? DefaultMode, secret.Optional == true, cancellation);
        }
        else if (volume.DownwardAPI is { } downward)
        {
            AddDownward(files, pod, status, downward.Items, downward.DefaultMode ?? DefaultMode);
        }

        int mode = volume.Projected?.DefaultMode ?? DefaultMode;
        foreach (VolumeProjection source in volume.Projected?.Sources ?? [])
        {
            await AddProjectionAsync(files, pod, status, source, mode, cancellation);
        }

        return files;
    }

    private async Task AddProjectionAsync(
        Dictionary<string, VolumeFile> files, Pod pod, PodStatus status, VolumeProjection source, int mode, CancellationToken cancellation)
    {
        if (source.ConfigMap is { } map)
        {
            await AddConfigMapAsync(files, pod, map.Name!, map.Items, mode, map.Optional == true, cancellation);
        }
        else if (source.Secret is { } secret)
        {
            await AddSecretAsync(files, pod, secret.Name!, secret.Items, mode, secret.Optional == true, cancellation);
        }
        else if (source.DownwardAPI is { } downward)
        {
            AddDownward(files, pod, status, downward.Items, mode);
        }
        else if (source.ServiceAccountToken is { } token)
        {
            string value = await tokens.GetAsync(pod, token.Audience, token.ExpirationSeconds ?? DefaultTokenSeconds, cancellation);
            long? owner = VolumeOwnership.TokenOwner(pod);
            bool isOwned = owner is not null || pod.Spec?.SecurityContext?.FsGroup is not null;
            files[token.Path!] = new VolumeFile(Encoding.ASCII.GetBytes(value), isOwned ? OwnedTokenMode : mode, owner);
        }
        else
        {
            throw new VolumeException("clusterTrustBundle projections are not supported");
        }
    }

    private async Task AddConfigMapAsync(
        Dictionary<string, VolumeFile> files, Pod pod, string name, List<KeyToPath>? items, int mode, bool optional, CancellationToken cancellation)
    {
        ConfigMap? map = await objects.ConfigMapAsync(pod.Metadata.Namespace!, name, cancellation);
        if (map is null && !optional)
        {
            throw new VolumeException($"configmap \"{name}\" not found");
        }

        Dictionary<string, byte[]> content = new(StringComparer.Ordinal);
        foreach ((string key, string value) in map?.Data ?? [])
        {
            content[key] = Encoding.UTF8.GetBytes(value);
        }

        foreach ((string key, byte[] value) in map?.BinaryData ?? [])
        {
            content[key] = value;
        }

        AddItems(files, content, items, mode, optional, "configmap");
    }

    private async Task AddSecretAsync(
        Dictionary<string, VolumeFile> files, Pod pod, string name, List<KeyToPath>? items, int mode, bool optional, CancellationToken cancellation)
    {
        Secret? secret = await objects.SecretAsync(pod.Metadata.Namespace!, name, cancellation);
        if (secret is null && !optional)
        {
            throw new VolumeException($"secret \"{name}\" not found");
        }

        AddItems(files, secret?.Data ?? [], items, mode, optional, "secret");
    }

    private static void AddItems(
        Dictionary<string, VolumeFile> files, Dictionary<string, byte[]> content, List<KeyToPath>? items, int mode, bool optional, string kind)
    {
        if (items is not { Count: > 0 })
        {
            foreach ((string key, byte[] value) in content)
            {
                files[key] = new VolumeFile(value, mode);
            }

            return;
        }

        foreach (KeyToPath item in items)
        {
            if (content.TryGetValue(item.Key!, out byte[]? value))
            {
                files[item.Path!] = new VolumeFile(value, item.Mode ?? mode);
            }
            else if (!optional)
            {
                throw new VolumeException($"references non-existent {kind} key: {item.Key}");
            }
        }
    }

    private void AddDownward(Dictionary<string, VolumeFile> files, Pod pod, PodStatus status, List<DownwardAPIVolumeFile>? items, int mode)
    {
        foreach (DownwardAPIVolumeFile item in items ?? [])
        {
            string? value = null;
            if (item.FieldRef is { } field)
            {
                value = DownwardApi.Field(pod, field.FieldPath!, status, nodeName);
            }
            else if (item.ResourceFieldRef is { } resource
                && pod.AllContainers().FirstOrDefault(c => c.Name == resource.ContainerName) is { } container)
            {
                value = DownwardApi.Resource(container, resource, allocatable);
            }

            files[item.Path!] = new VolumeFile(
                Encoding.UTF8.GetBytes(value ?? throw new VolumeException($"unsupported downward API item at {item.Path}")),
                item.Mode ?? mode);
        }
    }
}
