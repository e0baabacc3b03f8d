using System.Text.Json.Nodes;
using Kube.Api.Quotas;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Validation;

/// <summary>Rules of the names and amounts of resources: what containers ask for, quotas count, ranges bound.</summary>
internal static class ResourceRules
{
    internal const string HugePages = "hugepages-";

    private static readonly HashSet<string> ContainerNames = new(StringComparer.Ordinal) { "cpu", "memory", "ephemeral-storage" };

    /// <summary>What is counted by the piece.</summary>
    private static readonly HashSet<string> Counts = new(StringComparer.Ordinal)
    {
        "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    };

    private static readonly HashSet<string> QuotaNames = new(Counts, StringComparer.Ordinal)
    {
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    };

    private static readonly HashSet<string> StandardNames = new(QuotaNames, StringComparer.Ordinal) { "storage" };

    private static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    internal static bool IsHugePages(string name) => name.StartsWith(HugePages, StringComparison.Ordinal);

    /// <summary>CPU and memory may be promised more often than they are there; pages and devices may not.</summary>
    internal static bool MayBeOvercommitted(string name) => IsNative(name) && !IsHugePages(name);

    private static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal) && NameRules.QualifiedName("requests." + name).Count == 0;

    internal static bool IsQuotaName(string name) => QuotaNames.Contains(name) || IsHugePages(name) || name.StartsWith("requests." + HugePages, StringComparison.Ordinal);

    /// <summary>False when the name is not well-formed; then nothing more is to be said of it.</summary>
    internal static bool CheckName(ErrorList errors, string name, string path)
    {
        var faults = NameRules.QualifiedName(name);
        errors.AddInvalid(path, name, faults);
        if (faults.Count == 0 && !name.Contains('/', StringComparison.Ordinal) && !StandardNames.Contains(name) && !IsQuotaName(name))
        {
            errors.Add(FieldError.Invalid(path, name, "must be a standard resource type or fully qualified"));
        }

        return faults.Count == 0;
    }

    internal static void CheckContainerName(ErrorList errors, string name, string path)
    {
        CheckName(errors, name, path);
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            if (!ContainerNames.Contains(name) && !IsHugePages(name))
            {
                errors.Add(FieldError.Invalid(path, name, "must be a standard resource for containers"));
            }
        }
        else if (!IsNative(name) && !IsExtended(name))
        {
            errors.Add(FieldError.Invalid(path, name, "doesn't follow extended resource name standard"));
        }
    }

    internal static void CheckQuotaName(ErrorList errors, string name, string path)
    {
        CheckName(errors, name, path);
        if (!name.Contains('/', StringComparison.Ordinal) && !IsQuotaName(name))
        {
            errors.Add(FieldError.Invalid(path, name, "must be a standard resource for quota"));
        }
    }

    /// <summary>Not negative, and whole where the resource is counted by the piece.</summary>
    internal static void CheckAmount(ErrorList errors, string name, Quantity amount, string path)
    {
        if (amount.Sign < 0)
        {
            errors.Add(FieldError.Invalid(path, amount.ToString(), "must be greater than or equal to 0"));
        }

        if ((Counts.Contains(name) || IsExtended(name)) && amount.MilliValue() % 1000 != 0)
        {
            errors.Add(FieldError.Invalid(path, new RawText(amount.ToString()), "must be an integer"));
        }
    }

    /// <summary>Limits and requests of a container, and the claims that it uses.</summary>
    /// <param name="errors">Where faults go.</param>
    /// <param name="resources">limits, requests, claims.</param>
    /// <param name="claims">Names of the pod's claims.</param>
    /// <param name="path">Where the resources stand.</param>
    internal static void CheckRequirements(ErrorList errors, JsonObject? resources, IReadOnlyCollection<string> claims, string path)
    {
        var (compute, pages) = (false, false);
        var limits = ResourceAmounts.Read(resources.Map("limits"));
        foreach (var list in (string[])["limits", "requests"])
        {
            foreach (var (name, amount) in ResourceAmounts.Read(resources.Map(list)))
            {
                var at = $"{path}.{list}[{name}]";
                CheckContainerName(errors, name, at);
                CheckAmount(errors, name, amount, at);
                if (list == "requests")
                {
                    CheckAgainstLimit(errors, name, amount, limits, path);
                }

                if (IsHugePages(name))
                {
                    pages = true;
                    CheckPages(errors, name, amount, at);
                }

                compute |= name is "cpu" or "memory";
            }
        }

        if (pages && !compute)
        {
            errors.Add(FieldError.Forbidden(path, "HugePages require cpu or memory"));
        }

        CheckClaims(errors, resources, claims, path);
    }

    private static void CheckAgainstLimit(ErrorList errors, string name, Quantity amount, Dictionary<string, Quantity> limits, string path)
    {
        if (!limits.TryGetValue(name, out var limit))
        {
            if (!MayBeOvercommitted(name))
            {
                errors.Add(FieldError.Required(path + ".limits", "Limit must be set for non overcommitable resources"));
            }
        }
        else if (amount != limit && !MayBeOvercommitted(name))
        {
            errors.Add(FieldError.Invalid(path + ".requests", amount.ToString(), $"must be equal to {name} limit of {limit}"));
        }
        else if (amount > limit)
        {
            errors.Add(FieldError.Invalid(path + ".requests", amount.ToString(), $"must be less than or equal to {name} limit of {limit}"));
        }
    }

    private static void CheckPages(ErrorList errors, string name, Quantity amount, string path)
    {
        if (!Quantity.TryParse(name[HugePages.Length..], out var size) || size.Sign <= 0 || amount.Value() % size.Value() != 0)
        {
            errors.Add(FieldError.Invalid(path, amount.ToString(), $"{amount} is not positive integer multiple of {name}"));
        }
    }

    private static void CheckClaims(ErrorList errors, JsonObject? resources, IReadOnlyCollection<string> claims, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (claim, at) in resources.Placed("claims", path))
        {
            if (claim.Text("name") is not { Length: > 0 } name)
            {
                errors.Add(FieldError.Required(at));
                continue;
            }

            var request = claim.Text("request") ?? "";
            var key = request.Length == 0 ? name : $"{name}/{request}";
            if (request.Length > 0)
            {
                errors.AddInvalid(at + ".request", request, NameRules.DnsLabel(request));
            }

            // A claim as a whole overlaps with any of its requests.
            if (seen.Contains(name) || seen.Contains(key))
            {
                errors.Add(FieldError.Duplicate(at, seen.Contains(name) ? name : key));
            }
            else if (request.Length == 0 && seen.Any(s => s.StartsWith(name + "/", StringComparison.Ordinal)))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }

            seen.Add(key);
            if (!claims.Contains(name))
            {
                errors.Add(FieldError.NotFound(at, name, "must be one of the names in pod.spec.resourceClaims"
                    + (claims.Count == 0 ? " which is empty" : ": " + string.Join(", ", claims.Order(StringComparer.Ordinal)))));
            }
        }
    }
}
