using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Gives every pod a service account, the namespace's default unless it names one, and mounts the account's token, the
/// cluster's CA and the namespace's name where client libraries look for them.
/// </summary>
internal sealed class ServiceAccountAdmission(ResourceRegistry registry, IdentifierSource identifiers, TimeProvider time) : IMutatingAdmission
{
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string VolumePrefix = "kube-api-access-";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>Life of a mounted token; the kubelet renews it long before.</summary>
    private const int TokenSeconds = 3607;

    /// <summary>A new namespace's default account is made a moment after the namespace; so long is waited for it.</summary>
    private const int LookupAttempts = 20;

    private static readonly TimeSpan LookupPause = TimeSpan.FromMilliseconds(100);

    public bool Handles(AdmissionRequest request) =>
        request is { Operation: AdmissionOperation.Create, Group: "", Resource: "pods", Subresource: "" };

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var pod = request.Object!;
        if (pod["spec"] is not JsonObject spec || pod["metadata"]?["annotations"]?[MirrorAnnotation] is not null)
        {
            return;
        }

        if (ObjectAccessor.Text(spec, "serviceAccountName") is not { Length: > 0 } name)
        {
            spec["serviceAccountName"] = name = "default";
        }

        spec["serviceAccount"] = name;
        var account = await FindAsync(request, name, cancellationToken).ConfigureAwait(false);
        if (spec["imagePullSecrets"] is not JsonArray { Count: > 0 } && account["imagePullSecrets"] is JsonArray { Count: > 0 } secrets)
        {
            spec["imagePullSecrets"] = secrets.DeepClone();
        }

        if (ObjectAccessor.Flag(spec, "automountServiceAccountToken") ?? ObjectAccessor.Flag(account, "automountServiceAccountToken") ?? true)
        {
            Mount(spec);
        }
    }

    private async Task<JsonObject> FindAsync(AdmissionRequest request, string name, CancellationToken cancellationToken)
    {
        var accounts = registry.Get("", "v1", "serviceaccounts");
        if (accounts.FindCached(request.Namespace, name) is { } cached)
        {
            return cached;
        }

        for (var attempt = 1; ; attempt++)
        {
            if (await accounts.FindAsync(request.Namespace, name, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }

            if (name != "default" || attempt == LookupAttempts)
            {
                throw new KubeStatusException(KubeStatus.Forbidden(
                    "", "pods", request.Name, $"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found"));
            }

            await Task.Delay(LookupPause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Mount(JsonObject spec)
    {
        var volumes = spec["volumes"] as JsonArray;
        var volume = volumes?.Select(existing => ObjectAccessor.Text(existing as JsonObject, "name"))
            .FirstOrDefault(existing => existing.StartsWith(VolumePrefix, StringComparison.Ordinal));
        var name = volume ?? identifiers.NextName(VolumePrefix);
        var mounted = false;
        foreach (var field in new[] { "initContainers", "containers" })
        {
            foreach (var container in (spec[field] as JsonArray ?? []).OfType<JsonObject>())
            {
                mounted |= MountInto(container, name);
            }
        }

        if (volume is null && mounted)
        {
            if (volumes is null)
            {
                spec["volumes"] = volumes = [];
            }

            volumes.Add(Volume(name));
        }
    }

    /// <summary>False when the container has something mounted there already.</summary>
    private static bool MountInto(JsonObject container, string volume)
    {
        if (container["volumeMounts"] is not JsonArray mounts)
        {
            container["volumeMounts"] = mounts = [];
        }

        if (mounts.Any(mount => ObjectAccessor.Text(mount as JsonObject, "mountPath") == MountPath))
        {
            return false;
        }

        mounts.Add(new JsonObject { ["name"] = volume, ["readOnly"] = true, ["mountPath"] = MountPath });
        return true;
    }

    private static JsonObject Volume(string name) => new()
    {
        ["name"] = name,
        ["projected"] = new JsonObject
        {
            ["sources"] = new JsonArray(
                new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = TokenSeconds, ["path"] = "token" } },
                new JsonObject
                {
                    ["configMap"] = new JsonObject
                    {
                        ["name"] = "kube-root-ca.crt",
                        ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }),
                    },
                },
                new JsonObject
                {
                    ["downwardAPI"] = new JsonObject
                    {
                        ["items"] = new JsonArray(new JsonObject
                        {
                            ["path"] = "namespace",
                            ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" },
                        }),
                    },
                }),
            ["defaultMode"] = 420,
        },
    };
}
