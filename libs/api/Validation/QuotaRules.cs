using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Quotas;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Validation;

/// <summary>Rules of what bounds a namespace: quotas and limit ranges.</summary>
internal static class QuotaRules
{
    private static readonly string[] Scopes = ["BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating"];
    private static readonly string[] PodResources = ["pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
    private static readonly (string One, string Other)[] Opposites = [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

    internal static void CheckQuota(ErrorList errors, JsonObject quota)
    {
        var spec = quota.Map("spec");
        CheckAmounts(errors, spec.Map("hard"), "spec.hard");
        var hard = (spec.Map("hard") ?? []).Select(static h => h.Key).Order(StringComparer.Ordinal).ToList();
        var scopes = spec.Texts("scopes").ToList();
        foreach (var scope in scopes)
        {
            CheckScope(errors, scope, hard, "spec.scopes", "spec.scopes", scopes, scopes);
        }

        CheckOpposites(errors, scopes, scopes);
        CheckSelector(errors, spec, hard, scopes);
        errors.Judged("spec.scopes");
    }

    internal static void CheckQuotaUpdate(ErrorList errors, JsonObject quota, JsonObject old)
    {
        var scopes = quota.Map("spec").Texts("scopes").ToList();
        if (!scopes.ToHashSet(StringComparer.Ordinal).SetEquals(old.Map("spec").Texts("scopes")))
        {
            errors.Add(FieldError.Invalid("spec.scopes", scopes, "field is immutable"));
        }
    }

    internal static void CheckQuotaStatus(ErrorList errors, JsonObject quota, JsonObject old)
    {
        foreach (var member in (string[])["hard", "used"])
        {
            CheckAmounts(errors, quota.Map("status").Map(member), "status." + member);
        }
    }

    private static void CheckAmounts(ErrorList errors, JsonObject? amounts, string path)
    {
        foreach (var (name, amount) in ResourceAmounts.Read(amounts))
        {
            ResourceRules.CheckQuotaName(errors, name, $"{path}[{name}]");
            ResourceRules.CheckAmount(errors, name, amount, $"{path}[{name}]");
        }
    }

    private static void CheckScope(ErrorList errors, string scope, List<string> hard, string unknownPath, string path, object unknownShown, object shown)
    {
        if (!Scopes.Contains(scope))
        {
            errors.Add(FieldError.Invalid(unknownPath, unknownShown, "unsupported scope"));
        }

        foreach (var name in hard)
        {
            if (ResourceRules.IsQuotaName(name) && !(scope == "BestEffort" ? name == "pods" : !Scopes.Contains(scope) || PodResources.Contains(name)))
            {
                errors.Add(FieldError.Invalid(path, shown, "unsupported scope applied to resource"));
            }
        }
    }

    private static void CheckOpposites(ErrorList errors, IReadOnlyCollection<string> scopes, List<string> shown)
    {
        foreach (var (one, other) in Opposites)
        {
            if (scopes.Contains(one) && scopes.Contains(other))
            {
                errors.Add(FieldError.Invalid("spec.scopes", shown, "conflicting scopes"));
            }
        }
    }

    private static void CheckSelector(ErrorList errors, JsonObject? spec, List<string> hard, List<string> scopes)
    {
        const string path = "spec.scopeSelector.matchExpressions";
        var selector = spec.Map("scopeSelector");
        foreach (var (requirement, at) in selector.Placed("matchExpressions", "spec.scopeSelector"))
        {
            errors.Judged(at + ".scopeName");
            errors.Judged(at + ".operator");
            var (scope, op) = (requirement.Text("scopeName") ?? "", requirement.Text("operator") ?? "");
            CheckScope(errors, scope, hard, path + ".scopeName", path, scope, selector!);
            if (scope != "PriorityClass" && Scopes.Contains(scope) && op != "Exists")
            {
                errors.Add(FieldError.Invalid(path + ".operator", op,
                    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"));
            }

            var values = requirement.Texts("values").ToList();
            switch (op)
            {
                case "In" or "NotIn" when values.Count == 0:
                    errors.Add(FieldError.Required(path + ".values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
                    break;
                case "Exists" or "DoesNotExist" when values.Count > 0:
                    errors.Add(FieldError.Invalid(path + ".values", values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
                    break;
                case not ("In" or "NotIn" or "Exists" or "DoesNotExist"):
                    errors.Add(FieldError.Invalid(path + ".operator", op, "not a valid selector operator"));
                    break;
            }
        }

        CheckOpposites(errors, [.. selector.Items("matchExpressions").Select(static r => r.Text("scopeName") ?? "")], scopes);
    }

    internal static void CheckLimitRange(ErrorList errors, JsonObject range)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (limit, path) in range.Map("spec").Placed("limits", "spec"))
        {
            var type = limit.Text("type") ?? "";
            var faults = NameRules.QualifiedName(type);
            errors.AddInvalid(path + ".type", type, faults);
            if (faults.Count == 0 && !type.Contains('/', StringComparison.Ordinal) && type is not ("Pod" or "Container" or "PersistentVolumeClaim"))
            {
                errors.Add(FieldError.Invalid(path + ".type", type, "must be a standard limit type or fully qualified"));
            }

            if (!types.Add(type))
            {
                errors.Add(FieldError.Duplicate(path + ".type", type));
            }

            CheckLimit(errors, limit, path, type);
        }
    }

    private static void CheckLimit(ErrorList errors, JsonObject limit, string path, string type)
    {
        var amounts = new Dictionary<string, Dictionary<string, Quantity>>(StringComparer.Ordinal);
        foreach (var member in (string[])["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"])
        {
            var read = ResourceAmounts.Read(limit.Map(member));
            amounts[member] = read;
            if (type == "Pod" && member is "default" or "defaultRequest")
            {
                if (read.Count > 0)
                {
                    errors.Add(FieldError.Forbidden($"{path}.{member}", "may not be specified when `type` is 'Pod'"));
                }

                amounts[member] = [];
                continue;
            }

            foreach (var name in read.Keys)
            {
                if (type is "Pod" or "Container")
                {
                    ResourceRules.CheckContainerName(errors, name, $"{path}.{member}[{name}]");
                }
                else
                {
                    ResourceRules.CheckName(errors, name, $"{path}.{member}[{name}]");
                }
            }
        }

        if (type == "PersistentVolumeClaim" && !amounts["min"].ContainsKey("storage") && !amounts["max"].ContainsKey("storage"))
        {
            errors.Add(FieldError.Required(path + ".limits", "either minimum or maximum storage value is required, but neither was provided"));
        }

        foreach (var name in amounts.Values.SelectMany(static a => a.Keys).Distinct(StringComparer.Ordinal))
        {
            CheckOrder(errors, amounts, name, path);
        }
    }

    /// <summary>min, defaultRequest, default and max, from the least to the most.</summary>
    private static void CheckOrder(ErrorList errors, Dictionary<string, Dictionary<string, Quantity>> amounts, string name, string path)
    {
        var (min, max, limit, request, ratio) = (Of("min"), Of("max"), Of("default"), Of("defaultRequest"), Of("maxLimitRequestRatio"));
        Compare("min", min, min, max, "min value {0} is greater than max value {1}");
        Compare("defaultRequest", request, min, request, "min value {0} is greater than default request value {1}");
        Compare("defaultRequest", request, request, max, "default request value {0} is greater than max value {1}");
        Compare("defaultRequest", request, request, limit, "default request value {0} is greater than default limit value {1}");
        Compare("default", min, min, limit, "min value {0} is greater than default value {1}");
        Compare("default", max, limit, max, "default value {0} is greater than max value {1}");
        if (ratio is { } given)
        {
            CheckRatio(errors, given, min, max, $"{path}.maxLimitRequestRatio[{name}]");
        }

        if (!ResourceRules.MayBeOvercommitted(name) && limit is { } l && request is { } r && l != r)
        {
            errors.Add(FieldError.Invalid($"{path}.defaultRequest[{name}]", new RawText(r.ToString()), $"default value {l} must equal to defaultRequest value {r} in {name}"));
        }

        Quantity? Of(string member) => amounts[member].TryGetValue(name, out var amount) ? amount : null;

        void Compare(string member, Quantity? shown, Quantity? less, Quantity? more, string detail)
        {
            if (less is { } a && more is { } b && a > b)
            {
                errors.Add(FieldError.Invalid($"{path}.{member}[{name}]", new RawText(shown.ToString()!), string.Format(CultureInfo.InvariantCulture, detail, a, b)));
            }
        }
    }

    private static void CheckRatio(ErrorList errors, Quantity ratio, Quantity? min, Quantity? max, string path)
    {
        if (ratio < new Quantity(1))
        {
            errors.Add(FieldError.Invalid(path, new RawText(ratio.ToString()), $"ratio {ratio} is less than 1"));
        }

        if (min is { } least && max is { } most && ratio.ToDouble() > most.ToDouble() / least.ToDouble())
        {
            var quotient = (most.ToDouble() / least.ToDouble()).ToString("F6", CultureInfo.InvariantCulture);
            errors.Add(FieldError.Invalid(path, new RawText(ratio.ToString()), $"ratio {ratio} is greater than max/min = {quotient}"));
        }
    }
}
