using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.PodSecurity;

/// <summary>What of a pod a level does not allow.</summary>
/// <param name="Reason">What it is, in short.</param>
/// <param name="Detail">Where it is, and what to do.</param>
public readonly record struct PodSecurityViolation(string Reason, string Detail)
{
    /// <summary>All violations as one text.</summary>
    public static string Describe(IEnumerable<PodSecurityViolation> violations) =>
        string.Join(", ", violations.Select(v => v.Detail.Length == 0 ? v.Reason : $"{v.Reason} ({v.Detail})"));
}

/// <summary>
/// The checks of the levels baseline and restricted, in the words of Kubernetes' pod-security-admission as of 1.32. Pure.
/// </summary>
public static partial class PodSecurityChecks
{
    /// <summary>Later versions are held to what this one defines.</summary>
    private const int NewestMinor = 32;

    private static readonly (string Id, Func<PodView, int, PodSecurityViolation?> Check)[] Baseline =
    [
        ("appArmorProfile", AppArmor),
        ("capabilities_baseline", AddedCapabilities),
        ("hostNamespaces", HostNamespaces),
        ("hostPathVolumes", HostPaths),
        ("hostPorts", HostPorts),
        ("privileged", Privileged),
        ("procMount", ProcMount),
        ("seLinuxOptions", SeLinux),
        ("seccompProfile_baseline", Seccomp),
        ("sysctls", Sysctls),
        ("windowsHostProcess", HostProcess),
    ];

    private static readonly (string? Overrides, int Since, Func<PodView, int, PodSecurityViolation?> Check)[] Restricted =
    [
        (null, 8, PrivilegeEscalation),
        ("capabilities_baseline", 22, DroppedCapabilities),
        ("hostPathVolumes", 0, VolumeTypes),
        (null, 0, RunAsNonRoot),
        (null, 23, RunAsUser),
        ("seccompProfile_baseline", 19, RequiredSeccomp),
    ];

    /// <summary>What of a pod, or of a pod's template, a level does not allow; empty when it allows everything.</summary>
    /// <param name="level">The level and its version.</param>
    /// <param name="metadata">The pod's metadata, of which annotations count.</param>
    /// <param name="spec">The pod's spec.</param>
    public static IReadOnlyList<PodSecurityViolation> Evaluate(LevelVersion level, JsonObject? metadata, JsonObject spec)
    {
        if (level.Level == PodSecurityLevel.Privileged)
        {
            return [];
        }

        var pod = new PodView(metadata, spec);
        var minor = Math.Min(level.Minor ?? NewestMinor, NewestMinor);
        var restricted = level.Level == PodSecurityLevel.Restricted ? Restricted.Where(check => minor >= check.Since).ToList() : [];
        var overridden = restricted.Select(check => check.Overrides).ToHashSet();
        return
        [
            .. Baseline.Where(check => !overridden.Contains(check.Id)).Select(check => check.Check(pod, minor)).OfType<PodSecurityViolation>(),
            .. restricted.Select(check => check.Check(pod, minor)).OfType<PodSecurityViolation>(),
        ];
    }

    private static string Quoted(IEnumerable<string> items) => string.Join(", ", items.Select(item => $"\"{item}\""));

    private static string Containers(IReadOnlyCollection<string> names) => $"container{(names.Count == 1 ? "" : "s")} {Quoted(names)}";

    /// <summary>Who sets something: the pod, containers, or both.</summary>
    private static string Setters(bool pod, IReadOnlyCollection<string> containers) =>
        string.Join(" and ", ((string?[])[pod ? "pod" : null, containers.Count > 0 ? Containers(containers) : null]).OfType<string>());

    /// <summary>A pod as the checks look at it.</summary>
    private sealed class PodView(JsonObject? metadata, JsonObject spec)
    {
        public JsonObject Spec => spec;

        public JsonObject Annotations { get; } = metadata.Map("annotations") ?? [];

        public JsonObject? Security { get; } = spec.Map("securityContext");

        public bool IsWindows { get; } = spec.Map("os").Text("name") == "windows";

        /// <summary>Every container with its security context.</summary>
        public IReadOnlyList<(string Name, JsonObject Container, JsonObject? Security)> Containers { get; } =
        [
            .. spec.Items("initContainers").Concat(spec.Items("containers")).Concat(spec.Items("ephemeralContainers"))
                .Select(container => (container.Text("name") ?? "", container, container.Map("securityContext"))),
        ];

        /// <summary>Names of the containers whose security context breaks a rule.</summary>
        public List<string> Where(Func<JsonObject?, bool> breaks) => [.. Containers.Where(c => breaks(c.Security)).Select(c => c.Name)];
    }
}
