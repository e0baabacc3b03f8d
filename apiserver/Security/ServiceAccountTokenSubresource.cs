using System.Text.Json.Nodes;
using Kube.Api.Authentication.V1;
using Kube.Api.Errors;
using Kube.Api.Json;
using Kube.Api.Schema;
using Kube.Api.Validation;
using Kube.ApiServer.Auth.Tokens;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security;

/// <summary>serviceaccounts/token: issues a token for an account, perhaps bound to a pod, secret or node (KEP-1205).</summary>
internal sealed class ServiceAccountTokenSubresource(
    ResourceRegistry registry, ServiceAccountTokens tokens, IdentifierSource identifiers, TimeProvider time) : ICreateSubresource
{
    private const long MinSeconds = 600;
    private const long MaxSeconds = 1L << 32;
    private const long DefaultSeconds = 3600;
    private static readonly string[] Served = ["create"];

    public GroupVersionKind Kind { get; } = new("authentication.k8s.io", "v1", "TokenRequest");

    public IReadOnlyList<string> Verbs => Served;

    public async Task<JsonObject> CreateAsync(
        WriteContext context, ResourceStore store, string ns, string name, JsonObject body, CancellationToken cancellationToken)
    {
        var account = await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(store.Definition, name);
        var request = KubeJson.FromJsonObject<TokenRequest>(body);
        var seconds = Validate(request, name);
        var bound = await FindBoundAsync(request.Spec?.BoundObjectRef, ns, name, cancellationToken).ConfigureAwait(false);
        var issued = time.GetUtcNow();
        var token = new ServiceAccountToken
        {
            Namespace = ns,
            Name = name,
            Uid = new ObjectAccessor(account).Uid,
            Audiences = request.Spec?.Audiences is { Count: > 0 } audiences ? audiences : [tokens.Issuer],
            IssuedAt = issued,
            ExpiresAt = issued.AddSeconds(seconds),
            Id = identifiers.NextUid(),
            BoundTo = bound.Object,
            Node = bound.Node,
        };
        var answer = (JsonObject)body.DeepClone();
        answer["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = ns,
            ["creationTimestamp"] = ObjectAccessor.FormatTime(issued),
        };
        var spec = (JsonObject)(answer["spec"] ??= new JsonObject());
        spec["audiences"] = new JsonArray([.. token.Audiences.Select(audience => (JsonNode)audience)]);
        spec["expirationSeconds"] = seconds;
        answer["status"] = new JsonObject
        {
            ["token"] = context.DryRun ? string.Empty : tokens.Sign(token),
            ["expirationTimestamp"] = ObjectAccessor.FormatTime(token.ExpiresAt),
        };
        return answer;
    }

    private static long Validate(TokenRequest request, string name)
    {
        var seconds = request.Spec?.ExpirationSeconds ?? DefaultSeconds;
        var error = seconds < MinSeconds ? "may not specify a duration less than 10 minutes"
            : seconds > MaxSeconds ? "may not specify a duration larger than 2^32 seconds"
            : null;
        return error is null
            ? seconds
            : throw ApiErrors.Invalid(
                "TokenRequest", "authentication.k8s.io", name, [FieldError.Invalid("spec.expirationSeconds", JsonValue.Create(seconds), error)]);
    }

    private async Task<(BoundObject? Object, BoundObject? Node)> FindBoundAsync(
        BoundObjectReference? reference, string ns, string account, CancellationToken cancellationToken)
    {
        if (reference is null)
        {
            return default;
        }

        var resource = (reference.ApiVersion, reference.Kind) switch
        {
            ("v1", "Pod") => "pods",
            ("v1", "Secret") => "secrets",
            ("v1", "Node") => "nodes",
            _ => throw ApiErrors.BadRequest($"cannot bind token to object of type {reference.ApiVersion}, Kind={reference.Kind}"),
        };
        var store = registry.Get("", "v1", resource);
        var found = await store.FindAsync(resource == "nodes" ? string.Empty : ns, reference.Name ?? string.Empty, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(store.Definition, reference.Name ?? string.Empty);
        var uid = new ObjectAccessor(found).Uid;
        if (!string.IsNullOrEmpty(reference.Uid) && reference.Uid != uid)
        {
            throw ApiErrors.Conflict(
                store.Definition, reference.Name!, $"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
        }

        var bound = new BoundObject(resource, reference.Name!, uid);
        return resource == "pods" ? (bound, await NodeOfAsync(found, account, cancellationToken).ConfigureAwait(false)) : (bound, resource == "nodes" ? bound : null);
    }

    private async Task<BoundObject?> NodeOfAsync(JsonObject pod, string account, CancellationToken cancellationToken)
    {
        var spec = pod["spec"] as JsonObject;
        if (ObjectAccessor.Text(spec, "serviceAccountName") is var owner && owner != account)
        {
            throw ApiErrors.BadRequest($"cannot bind token for serviceaccount \"{account}\" to pod running with different serviceaccount name.");
        }

        if (ObjectAccessor.Text(spec, "nodeName") is not { Length: > 0 } nodeName)
        {
            return null;
        }

        var node = await registry.Get("", "v1", "nodes").FindAsync(string.Empty, nodeName, cancellationToken).ConfigureAwait(false);
        return node is null ? null : new BoundObject("nodes", nodeName, new ObjectAccessor(node).Uid);
    }
}
