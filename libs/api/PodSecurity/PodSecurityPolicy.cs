using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Validation;

namespace Kube.Api.PodSecurity;

/// <summary>How much a namespace allows its pods; each level allows less than the one before.</summary>
public enum PodSecurityLevel
{
    Privileged,
    Baseline,
    Restricted,
}

/// <summary>A level as a minor version of Kubernetes defined it.</summary>
/// <param name="Level">The level.</param>
/// <param name="Minor">1.x; null for the latest.</param>
public readonly record struct LevelVersion(PodSecurityLevel Level, int? Minor)
{
    /// <summary>"baseline:latest", "restricted:v1.25".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Level.ToString().ToLowerInvariant()}:{(Minor is { } minor ? $"v1.{minor}" : "latest")}");
}

/// <summary>
/// What a namespace's labels ask for (KEP-2579): what is refused, what is noted in the audit log, and what is warned of.
/// </summary>
public sealed record PodSecurityPolicy(LevelVersion Enforce, LevelVersion Audit, LevelVersion Warn)
{
    private const string Prefix = "pod-security.kubernetes.io/";

    /// <summary>Everything is allowed.</summary>
    public static PodSecurityPolicy Default { get; } = new(default, default, default);

    public bool IsPrivileged => Enforce.Level == PodSecurityLevel.Privileged && Audit.Level == PodSecurityLevel.Privileged && Warn.Level == PodSecurityLevel.Privileged;

    /// <summary>
    /// Reads a namespace's labels. There is always a policy: an enforced level that is none means the strictest, a level to
    /// audit or warn of that is none means none.
    /// </summary>
    public static (PodSecurityPolicy Policy, IReadOnlyList<FieldError> Errors) Of(JsonObject ns)
    {
        var labels = ns.Map("metadata").Map("labels");
        var errors = new List<FieldError>();
        var enforce = Mode(labels, "enforce", PodSecurityLevel.Restricted, errors, out var hasLevel, out _);
        var audit = Mode(labels, "audit", PodSecurityLevel.Privileged, errors, out _, out _);
        var warn = Mode(labels, "warn", PodSecurityLevel.Privileged, errors, out _, out var hasWarnVersion);

        // Who is refused something wants to hear of it with workloads too, which are not refused.
        if (labels.Text(Prefix + "warn") is null && hasLevel && enforce.Level > warn.Level)
        {
            warn = new LevelVersion(enforce.Level, hasWarnVersion ? warn.Minor : enforce.Minor);
        }

        return (new PodSecurityPolicy(enforce, audit, warn), errors);
    }

    private static LevelVersion Mode(JsonObject? labels, string mode, PodSecurityLevel invalid, List<FieldError> errors, out bool hasLevel, out bool hasVersion)
    {
        var level = PodSecurityLevel.Privileged;
        hasLevel = false;
        if (labels.Text(Prefix + mode) is { } name)
        {
            var known = name switch
            {
                "privileged" => PodSecurityLevel.Privileged,
                "baseline" => PodSecurityLevel.Baseline,
                "restricted" => PodSecurityLevel.Restricted,
                _ => (PodSecurityLevel?)null,
            };
            hasLevel = known is not null;
            level = known ?? invalid;
            if (known is null)
            {
                errors.Add(FieldError.Invalid($"metadata.labels[{Prefix}{mode}]", name, "must be one of privileged, baseline, restricted"));
            }
        }

        int? minor = null;
        var version = labels.Text($"{Prefix}{mode}-version");
        hasVersion = version is not null;
        if (version is not (null or "latest") && !TryMinor(version, out minor))
        {
            errors.Add(FieldError.Invalid($"metadata.labels[{Prefix}{mode}-version]", version, "must be \"latest\" or \"v1.x\""));
        }

        return new LevelVersion(level, minor);
    }

    private static bool TryMinor(string version, out int? minor)
    {
        var digits = version.StartsWith("v1.", StringComparison.Ordinal) ? version.AsSpan(3) : [];
        minor = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (digits.Length == 1 || digits[0] != '0') ? number : null;
        return minor is not null;
    }
}
