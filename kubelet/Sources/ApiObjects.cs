using Kube.Api.Authentication.V1;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Nodes.V1;
using Kube.Client.Informers;
using Kube.Client.Rest;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Sources;

/// <summary>Reads what pods refer to from the API server.</summary>
internal sealed class ApiObjects(KubeClient client, SharedInformer<Service> services) : IObjectSource
{
    public Task<ConfigMap?> ConfigMapAsync(string ns, string name, CancellationToken cancellation) =>
        client.For<ConfigMap>().FindAsync(ns, name, cancellation);

    public Task<Secret?> SecretAsync(string ns, string name, CancellationToken cancellation) =>
        client.For<Secret>().FindAsync(ns, name, cancellation);

    public Task<PersistentVolumeClaim?> ClaimAsync(string ns, string name, CancellationToken cancellation) =>
        client.For<PersistentVolumeClaim>().FindAsync(ns, name, cancellation);

    public Task<PersistentVolume?> VolumeAsync(string name, CancellationToken cancellation) =>
        client.For<PersistentVolume>().FindAsync(null, name, cancellation);

    public Task<RuntimeClass?> RuntimeClassAsync(string name, CancellationToken cancellation) =>
        client.For<RuntimeClass>().FindAsync(null, name, cancellation);

    public IReadOnlyList<Service> Services() => services.Store.List();

    public async Task<ServiceAccountToken> TokenAsync(Pod pod, string? audience, long expirationSeconds, CancellationToken cancellation)
    {
        string account = pod.Spec?.ServiceAccountName is { Length: > 0 } name ? name : "default";
        TokenRequest request = new()
        {
            Spec = new TokenRequestSpec
            {
                Audiences = audience is { Length: > 0 } ? [audience] : [],
                ExpirationSeconds = expirationSeconds,
                BoundObjectRef = new BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
            },
        };
        RawResponse answer = await client.RawAsync(
            HttpMethod.Post,
            $"/api/v1/namespaces/{pod.Metadata.Namespace}/serviceaccounts/{account}/token",
            KubeJson.Serialize(request),
            "application/json",
            "application/json",
            cancellation);
        TokenRequestStatus status = KubeJson.Deserialize<TokenRequest>(answer.Body).Status
            ?? throw new InvalidDataException("the API server answered a token request without a token");
        return new ServiceAccountToken(status.Token!, status.ExpirationTimestamp!.Value.Value);
    }
}
