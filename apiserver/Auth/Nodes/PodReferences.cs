using Kube.Api.Core.V1;

namespace Kube.ApiServer.Auth.Nodes;

/// <summary>Finds the secrets, config maps, claims and the service account that a pod names.</summary>
internal static class PodReferences
{
    /// <summary>All objects that the pod's node has to read to run it, the pod itself included.</summary>
    public static HashSet<ObjectReference> Of(Pod pod)
    {
        var ns = pod.Metadata.Namespace ?? string.Empty;
        var found = new HashSet<ObjectReference>();
        void Add(string resource, string? name)
        {
            if (!string.IsNullOrEmpty(name))
            {
                found.Add(new ObjectReference(resource, ns, name));
            }
        }

        Add("pods", pod.Metadata.Name);
        Add("serviceaccounts", pod.Spec?.ServiceAccountName);
        foreach (var secret in pod.Spec?.ImagePullSecrets ?? [])
        {
            Add("secrets", secret.Name);
        }

        foreach (var container in (pod.Spec?.InitContainers ?? []).Concat(pod.Spec?.Containers ?? []))
        {
            AddEnvironment(container.Env, container.EnvFrom, Add);
        }

        foreach (var container in pod.Spec?.EphemeralContainers ?? [])
        {
            AddEnvironment(container.Env, container.EnvFrom, Add);
        }

        foreach (var volume in pod.Spec?.Volumes ?? [])
        {
            AddVolume(volume, Add);
        }

        return found;
    }

    private static void AddEnvironment(List<EnvVar>? variables, List<EnvFromSource>? sources, Action<string, string?> add)
    {
        foreach (var variable in variables ?? [])
        {
            add("secrets", variable.ValueFrom?.SecretKeyRef?.Name);
            add("configmaps", variable.ValueFrom?.ConfigMapKeyRef?.Name);
        }

        foreach (var source in sources ?? [])
        {
            add("secrets", source.SecretRef?.Name);
            add("configmaps", source.ConfigMapRef?.Name);
        }
    }

    private static void AddVolume(Volume volume, Action<string, string?> add)
    {
        add("secrets", volume.Secret?.SecretName);
        add("configmaps", volume.ConfigMap?.Name);
        add("persistentvolumeclaims", volume.PersistentVolumeClaim?.ClaimName);
        add("secrets", volume.Csi?.NodePublishSecretRef?.Name);
        foreach (var source in volume.Projected?.Sources ?? [])
        {
            add("secrets", source.Secret?.Name);
            add("configmaps", source.ConfigMap?.Name);
        }
    }
}
