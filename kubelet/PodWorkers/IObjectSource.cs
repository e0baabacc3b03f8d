using Kube.Api.Core.V1;
using Kube.Api.Nodes.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Objects of the API server that pods refer to. Not found is null; an API server out of reach throws.</summary>
internal interface IObjectSource
{
    Task<ConfigMap?> ConfigMapAsync(string ns, string name, CancellationToken cancellation);

    Task<Secret?> SecretAsync(string ns, string name, CancellationToken cancellation);

    Task<PersistentVolumeClaim?> ClaimAsync(string ns, string name, CancellationToken cancellation);

    Task<PersistentVolume?> VolumeAsync(string name, CancellationToken cancellation);

    Task<RuntimeClass?> RuntimeClassAsync(string name, CancellationToken cancellation);

    /// <summary>Every service known, for service environment variables.</summary>
    IReadOnlyList<Service> Services();

    /// <summary>A token of the pod's service account that is bound to the pod.</summary>
    Task<ServiceAccountToken> TokenAsync(Pod pod, string? audience, long expirationSeconds, CancellationToken cancellation);
}

/// <summary>A token and when it ends.</summary>
internal sealed record ServiceAccountToken(string Token, DateTimeOffset Expires);
