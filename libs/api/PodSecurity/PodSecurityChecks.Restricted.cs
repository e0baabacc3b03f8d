using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.PodSecurity;

public static partial class PodSecurityChecks
{
    /// <summary>From here on a pod for Windows need not say what Windows does not have.</summary>
    private const int WindowsExemptSince = 25;

    private static readonly string[] AllowedVolumes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

    private static readonly string[] NamedVolumes =
    [
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume", "cinder", "cephfs", "flocker", "fc",
        "azureFile", "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk", "portworxVolume", "scaleIO", "storageos",
    ];

    private static PodSecurityViolation? PrivilegeEscalation(PodView pod, int minor)
    {
        if (IsExemptWindows(pod, minor))
        {
            return null;
        }

        var containers = pod.Where(security => security.Flag("allowPrivilegeEscalation") != false);
        return containers.Count == 0 ? null : new("allowPrivilegeEscalation != false", $"{Containers(containers)} must set securityContext.allowPrivilegeEscalation=false");
    }

    private static PodSecurityViolation? DroppedCapabilities(PodView pod, int minor)
    {
        if (IsExemptWindows(pod, minor))
        {
            return null;
        }

        static IEnumerable<string> Forbidden(JsonObject? security) => security.Map("capabilities").Texts("add").Where(c => c != "NET_BIND_SERVICE");
        var keeping = pod.Where(security => !security.Map("capabilities").Texts("drop").Contains("ALL"));
        var adding = pod.Where(security => Forbidden(security).Any());
        var added = pod.Containers.SelectMany(c => Forbidden(c.Security)).Distinct().Order(StringComparer.Ordinal);
        var details = new List<string>();
        if (keeping.Count > 0)
        {
            details.Add($"{Containers(keeping)} must set securityContext.capabilities.drop=[\"ALL\"]");
        }

        if (adding.Count > 0)
        {
            details.Add($"{Containers(adding)} must not include {Quoted(added)} in securityContext.capabilities.add");
        }

        return details.Count == 0 ? null : new("unrestricted capabilities", string.Join("; ", details));
    }

    private static PodSecurityViolation? VolumeTypes(PodView pod, int minor)
    {
        var bad = pod.Spec.Items("volumes").Where(volume => !AllowedVolumes.Any(volume.Has)).ToList();
        var types = bad.Select(volume => NamedVolumes.FirstOrDefault(volume.Has) ?? "unknown").Distinct().Order(StringComparer.Ordinal).ToList();
        return bad.Count == 0 ? null : new(
            "restricted volume types",
            $"volume{(bad.Count == 1 ? "" : "s")} {Quoted(bad.Select(v => v.Text("name") ?? ""))} {(bad.Count == 1 ? "uses" : "use")} restricted volume type{(types.Count == 1 ? "" : "s")} {Quoted(types)}");
    }

    private static PodSecurityViolation? RunAsNonRoot(PodView pod, int minor)
    {
        const string reason = "runAsNonRoot != true";
        var ofPod = pod.Security.Flag("runAsNonRoot");
        var setters = Setters(ofPod == false, pod.Where(security => security.Flag("runAsNonRoot") == false));
        if (setters.Length > 0)
        {
            return new(reason, $"{setters} must not set securityContext.runAsNonRoot=false");
        }

        var silent = ofPod == true ? [] : pod.Where(security => security.Flag("runAsNonRoot") is null);
        return silent.Count == 0 ? null : new(reason, $"pod or {Containers(silent)} must set securityContext.runAsNonRoot=true");
    }

    private static PodSecurityViolation? RunAsUser(PodView pod, int minor)
    {
        var setters = Setters(pod.Security.Whole("runAsUser") == 0, pod.Where(security => security.Whole("runAsUser") == 0));
        return setters.Length == 0 ? null : new("runAsUser=0", $"{setters} must not set runAsUser=0");
    }

    private static PodSecurityViolation? RequiredSeccomp(PodView pod, int minor)
    {
        if (IsExemptWindows(pod, minor))
        {
            return null;
        }

        if (BadSeccomp(pod) is { } bad)
        {
            return bad;
        }

        var silent = SeccompOf(pod.Security) is not null ? [] : pod.Where(security => SeccompOf(security) is null);
        return silent.Count == 0 ? null : new("seccompProfile", $"pod or {Containers(silent)} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
    }

    private static bool IsExemptWindows(PodView pod, int minor) => minor >= WindowsExemptSince && pod.IsWindows;
}
