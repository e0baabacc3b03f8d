using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.PodSecurity;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Holds pods to the level that their namespace's labels enforce, and warns of pods and workloads beyond the levels to
/// warn of (KEP-2579). Nothing is enforced where no label says so.
/// </summary>
internal sealed class PodSecurityAdmission(ResourceRegistry registry) : IValidatingAdmission
{
    private const string Prefix = "pod-security.kubernetes.io/";
    private const int MaxPodsToCheck = 3_000;

    private static readonly string[] IgnoredSubresources = ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"];

    public bool Handles(AdmissionRequest request) =>
        request is { Operation: AdmissionOperation.Create or AdmissionOperation.Update, Object: not null } && (request.Group, request.Resource) switch
        {
            ("", "pods") => !IgnoredSubresources.Contains(request.Subresource),
            ("", "namespaces" or "replicationcontrollers" or "podtemplates") => request.Subresource.Length == 0,
            ("apps", "deployments" or "replicasets" or "daemonsets" or "statefulsets") => request.Subresource.Length == 0,
            ("batch", "jobs" or "cronjobs") => request.Subresource.Length == 0,
            _ => false,
        };

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Group: "", Resource: "namespaces" })
        {
            CheckNamespace(request);
            return;
        }

        var namespaces = registry.Get("", "v1", "namespaces");
        var ns = namespaces.FindCached("", request.Namespace)
            ?? await namespaces.FindAsync("", request.Namespace, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.InternalError($"failed to lookup namespace \"{request.Namespace}\"");
        var (policy, errors) = PodSecurityPolicy.Of(ns);
        var isPod = request is { Group: "", Resource: "pods" };
        if (errors.Count == 0 && (isPod ? policy.IsPrivileged : policy is { Warn.Level: PodSecurityLevel.Privileged, Audit.Level: PodSecurityLevel.Privileged }))
        {
            return;
        }

        var template = isPod ? request.Object : TemplateOf(request);
        if (template?.Map("spec") is { } spec && (!isPod || request.OldObject is not { } old || IsSignificant(spec, old.Map("spec") ?? [])))
        {
            Check(request, policy, errors, template.Map("metadata"), spec, isPod);
        }
    }

    private static void Check(
        AdmissionRequest request, PodSecurityPolicy policy, IReadOnlyList<FieldError> errors, JsonObject? metadata, JsonObject spec, bool enforce)
    {
        if (errors.Count > 0)
        {
            request.AuditAnnotations[Prefix + "error"] = "Failed to parse policy: " + FieldError.Aggregate(errors);
        }

        var audited = PodSecurityChecks.Evaluate(policy.Audit, metadata, spec);
        if (audited.Count > 0)
        {
            request.AuditAnnotations[Prefix + "audit-violations"] = $"would violate PodSecurity \"{policy.Audit}\": {PodSecurityViolation.Describe(audited)}";
        }

        if (enforce)
        {
            request.AuditAnnotations[Prefix + "enforce-policy"] = policy.Enforce.ToString();
            var violations = PodSecurityChecks.Evaluate(policy.Enforce, metadata, spec);
            if (violations.Count > 0)
            {
                throw request.Forbid($"violates PodSecurity \"{policy.Enforce}\": {PodSecurityViolation.Describe(violations)}");
            }
        }

        var warned = PodSecurityChecks.Evaluate(policy.Warn, metadata, spec);
        if (warned.Count > 0)
        {
            Warn(request, $"would violate PodSecurity \"{policy.Warn}\": {PodSecurityViolation.Describe(warned)}");
        }
    }

    /// <summary>New labels must be good; a stricter level tells which pods it would not allow.</summary>
    private void CheckNamespace(AdmissionRequest request)
    {
        var (policy, errors) = PodSecurityPolicy.Of(request.Object!);
        var (before, oldErrors) = request.OldObject is { } old ? PodSecurityPolicy.Of(old) : (policy, []);
        if (errors.Count > 0 && (oldErrors.Count == 0 || FieldError.Aggregate(errors) != FieldError.Aggregate(oldErrors)))
        {
            throw ApiErrors.Invalid("Namespace", "", AdmissionRefusals.NameOf(request), errors);
        }

        var relaxed = policy.Enforce.Minor == before.Enforce.Minor && policy.Enforce.Level <= before.Enforce.Level;
        if (request.Operation == AdmissionOperation.Update && policy.Enforce.Level != PodSecurityLevel.Privileged && !relaxed)
        {
            foreach (var warning in PodsBeyond(request.Name, policy.Enforce))
            {
                Warn(request, warning);
            }
        }
    }

    private IEnumerable<string> PodsBeyond(string ns, LevelVersion level)
    {
        var pods = Prioritized(registry.Get("", "v1", "pods").ListCached(ns)).ToList();
        var byReason = pods.Take(MaxPodsToCheck)
            .Select(pod => (Name: pod.Map("metadata").Text("name") ?? "", Violations: PodSecurityChecks.Evaluate(level, pod.Map("metadata"), pod.Map("spec") ?? [])))
            .Where(pod => pod.Violations.Count > 0)
            .GroupBy(pod => string.Join(", ", pod.Violations.Select(v => v.Reason)), pod => pod.Name)
            .ToList();
        if (pods.Count > MaxPodsToCheck)
        {
            yield return $"new PodSecurity enforce level only checked against the first {MaxPodsToCheck} of {pods.Count} existing pods";
        }

        if (byReason.Count == 0)
        {
            yield break;
        }

        yield return $"existing pods in namespace \"{ns}\" violate the new PodSecurity enforce level \"{level}\"";
        var lines = byReason.Select(group => (group.Count() - 1) switch
        {
            0 => $"{group.Min(StringComparer.Ordinal)}: {group.Key}",
            1 => $"{group.Min(StringComparer.Ordinal)} (and 1 other pod): {group.Key}",
            var others => $"{group.Min(StringComparer.Ordinal)} (and {others} other pods): {group.Key}",
        });
        foreach (var line in lines.Order(StringComparer.Ordinal))
        {
            yield return line;
        }
    }

    /// <summary>The first pod of each controller before the others, which are most likely like it.</summary>
    private static IEnumerable<JsonObject> Prioritized(IEnumerable<JsonObject> pods)
    {
        var controllers = new HashSet<string>(StringComparer.Ordinal);
        var others = new List<JsonObject>();
        foreach (var pod in pods)
        {
            var owner = pod.Map("metadata").Items("ownerReferences").FirstOrDefault(reference => reference.Flag("controller") == true).Text("uid");
            if (owner is null || controllers.Add(owner))
            {
                yield return pod;
            }
            else
            {
                others.Add(pod);
            }
        }

        foreach (var pod in others)
        {
            yield return pod;
        }
    }

    private static JsonObject? TemplateOf(AdmissionRequest request) => request.Resource switch
    {
        "podtemplates" => request.Object.Map("template"),
        "cronjobs" => request.Object.Map("spec").Map("jobTemplate").Map("spec").Map("template"),
        _ => request.Object.Map("spec").Map("template"),
    };

    /// <summary>Of what can change in a running pod, images and new containers matter.</summary>
    private static bool IsSignificant(JsonObject spec, JsonObject old)
    {
        foreach (var field in (string[])["containers", "initContainers"])
        {
            var images = spec.Items(field).Select(c => c.Text("image"));
            if (!images.SequenceEqual(old.Items(field).Select(c => c.Text("image"))))
            {
                return true;
            }
        }

        var known = old.Items("ephemeralContainers").ToLookup(c => c.Text("name"), c => c.Text("image"));
        return spec.Items("ephemeralContainers").Any(c => !known[c.Text("name")].Contains(c.Text("image")));
    }

    private static void Warn(AdmissionRequest request, string warning)
    {
        if (!request.Warnings.Contains(warning))
        {
            request.Warnings.Add(warning);
        }
    }
}
