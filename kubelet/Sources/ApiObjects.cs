using Kube.Api.Authentication.V1;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.Api.Nodes.V1;
using Kube.Base;
using Kube.Client.Informers;
using Kube.Client.Rest;
using Kube.Kubelet.PodWorkers;
using Microsoft.Extensions.Logging;

namespace Kube.Kubelet.Sources;

/// <summary>Reads what pods refer to from the API server; config maps and secrets are watched once they are read.</summary>
internal sealed class ApiObjects(KubeClient client, SharedInformer<Service> services, Prng random, ILogger logger) : IObjectSource, IAsyncDisposable
{
    private readonly WatchedObjects<ConfigMap> _configMaps = new(client.For<ConfigMap>().ListAsync, client.For<ConfigMap>().WatchAsync, random.Fork(), logger);
    private readonly WatchedObjects<Secret> _secrets = new(client.For<Secret>().ListAsync, client.For<Secret>().WatchAsync, random.Fork(), logger);

    public Task<ConfigMap?> ConfigMapAsync(string ns, string name, CancellationToken cancellation) => _configMaps.FindAsync(ns, name, cancellation);

    public Task<Secret?> SecretAsync(string ns, string name, CancellationToken cancellation) => _secrets.FindAsync(ns, name, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _configMaps.DisposeAsync();
        await _secrets.DisposeAsync();
    }

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
