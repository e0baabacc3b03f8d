using System.Text.Json.Nodes;
using Kube.Api.FlowControl;
using Kube.Api.FlowControl.V1;
using Kube.Api.Json;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of flow schemas and priority levels.</summary>
internal static class FlowControlRules
{
    private const string Exempt = MandatoryFlows.Exempt;
    private const int MaxPrecedence = 10_000;
    private const int MaxQueues = 10_000_000;

    /// <summary>A hand of queues is dealt from one hash of so many bits.</summary>
    private const int MaxHashBits = 60;

    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

    internal static void CheckSchema(ErrorList errors, JsonObject schema)
    {
        var spec = schema.Map("spec");
        var precedence = spec.Whole("matchingPrecedence") ?? 0;
        if (precedence is <= 0 or > MaxPrecedence)
        {
            errors.Add(FieldError.Invalid("spec.matchingPrecedence", precedence, precedence <= 0 ? "must be a positive value" : $"must not be greater than {MaxPrecedence}"));
        }
        else if (precedence == 1 && schema.Map("metadata").Text("name") != Exempt)
        {
            errors.Add(FieldError.Invalid("spec.matchingPrecedence", precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
        }

        if (spec.Map("distinguisherMethod") is { } method && method.Text("type") is not ("ByNamespace" or "ByUser"))
        {
            var shown = new RawText($"flowcontrol.FlowDistinguisherMethod{{Type:{GoText.Quote(method.Text("type") ?? "")}}}");
            errors.Add(FieldError.NotSupported("spec.distinguisherMethod.type", shown, ["ByNamespace", "ByUser"]));
        }

        const string level = "spec.priorityLevelConfiguration.name";
        if (spec.Map("priorityLevelConfiguration").Text("name") is { Length: > 0 } name)
        {
            errors.AddInvalid(level, name, NameRules.DnsSubdomain(name));
        }
        else
        {
            errors.Add(FieldError.Required(level, "must reference a priority level"));
        }

        foreach (var (rule, i) in spec.Items("rules").Select(static (rule, i) => (rule, i)))
        {
            CheckRule(errors, rule, $"spec.rules[{i}]");
        }

        if (!MandatoryFlows.Allows(KubeJson.FromJsonObject<FlowSchema>(schema)))
        {
            errors.Add(FieldError.Invalid("spec", spec, $"spec of '{schema.Map("metadata").Text("name")}' must equal the fixed value"));
        }

        CheckConditions(errors, schema, null);
    }

    internal static void CheckLevel(ErrorList errors, JsonObject level)
    {
        var spec = level.Map("spec");
        var type = spec.Text("type") ?? "";
        var name = level.Map("metadata").Text("name");
        if ((name == Exempt) != (type == "Exempt"))
        {
            errors.Add(FieldError.Invalid("spec.type", type, "type must be 'Exempt' if and only if name is 'exempt'"));
        }

        if (type == "Limited" && spec.Has("exempt"))
        {
            errors.Add(FieldError.Forbidden("spec.exempt", "must be nil if the type is Limited"));
        }

        switch (type)
        {
            case "Exempt":
                if (spec.Has("limited"))
                {
                    errors.Add(FieldError.Forbidden("spec.limited", "must be nil if the type is not Limited"));
                }

                CheckShares(errors, spec.Map("exempt"), "spec.exempt");
                CheckLendable(errors, spec.Map("exempt"), "spec.exempt");
                break;
            case "Limited" when spec.Map("limited") is { } limited:
                CheckLimited(errors, limited);
                break;
            case "Limited":
                errors.Add(FieldError.Required("spec.limited", "must not be empty when type is Limited"));
                break;
            default:
                errors.Add(FieldError.NotSupported("spec.type", type, ["Exempt", "Limited"]));
                break;
        }

        if (!MandatoryFlows.Allows(KubeJson.FromJsonObject<PriorityLevelConfiguration>(level)))
        {
            errors.Add(FieldError.Invalid("spec", spec, $"spec of '{name}'{(name == Exempt ? " except the 'spec.exempt' field" : "")} must equal the fixed value"));
        }

        CheckConditions(errors, level, null);
    }

    /// <summary>The status of both kinds.</summary>
    internal static void CheckConditions(ErrorList errors, JsonObject obj, JsonObject? old)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (condition, i) in obj.Map("status").Items("conditions").Select(static (condition, i) => (condition, i)))
        {
            var type = condition.Text("type") ?? "";
            if (!seen.Add(type))
            {
                errors.Add(FieldError.Duplicate($"status.conditions[{i}].type", type));
            }

            if (type.Length == 0)
            {
                errors.Add(FieldError.Required($"status.conditions[{i}].type", "must not be empty"));
            }
        }
    }

    private static void CheckRule(ErrorList errors, JsonObject rule, string path)
    {
        var subjects = rule.Items("subjects").ToList();
        if (subjects.Count == 0)
        {
            errors.Add(FieldError.Required(path + ".subjects", "subjects must contain at least one value"));
        }

        for (var i = 0; i < subjects.Count; i++)
        {
            CheckSubject(errors, subjects[i], $"{path}.subjects[{i}]");
        }

        var (resources, others) = (rule.Items("resourceRules").ToList(), rule.Items("nonResourceRules").ToList());
        if (resources.Count == 0 && others.Count == 0)
        {
            errors.Add(FieldError.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty"));
        }

        for (var i = 0; i < resources.Count; i++)
        {
            CheckResources(errors, resources[i], $"{path}.resourceRules[{i}]");
        }

        for (var i = 0; i < others.Count; i++)
        {
            var at = $"{path}.nonResourceRules[{i}]";
            CheckVerbs(errors, others[i], at);
            if (!CheckWildcard(errors, others[i], at, "nonResourceURLs", "nonResourceURLs must contain at least one value", "non-resource URLs"))
            {
                CheckEach(errors, others[i].Texts("nonResourceURLs"), at + ".nonResourceURLs", UrlFaults);
            }
        }
    }

    private static void CheckSubject(ErrorList errors, JsonObject subject, string path)
    {
        var kind = subject.Text("kind") ?? "";
        if (kind is not ("Group" or "ServiceAccount" or "User"))
        {
            errors.Add(FieldError.NotSupported(path + ".kind", kind, ["Group", "ServiceAccount", "User"]));
            return;
        }

        foreach (var (other, field) in new[] { ("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group") })
        {
            var named = subject.Map(field);
            if (kind != other)
            {
                if (named is not null)
                {
                    errors.Add(FieldError.Forbidden($"{path}.{field}", $"{field} is forbidden when subject kind is not '{other}'"));
                }
            }
            else if (named is null)
            {
                errors.Add(FieldError.Required($"{path}.{field}", $"{field} is required when subject kind is '{other}'"));
            }
            else
            {
                CheckNamed(errors, named, $"{path}.{field}", other == "ServiceAccount");
            }
        }
    }

    private static void CheckNamed(ErrorList errors, JsonObject named, string path, bool isAccount)
    {
        var name = named.Text("name") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(path + ".name"));
        }
        else if (isAccount && name != "*")
        {
            errors.AddInvalid(path + ".name", name, NameRules.DnsSubdomain(name));
        }

        if (!isAccount)
        {
            return;
        }

        if (named.Text("namespace") is { Length: > 0 } ns)
        {
            errors.AddInvalid(path + ".namespace", ns, NameRules.DnsLabel(ns));
        }
        else
        {
            errors.Add(FieldError.Required(path + ".namespace", "must specify namespace for service account"));
        }
    }

    private static void CheckResources(ErrorList errors, JsonObject rule, string path)
    {
        CheckVerbs(errors, rule, path);
        CheckWildcard(errors, rule, path, "apiGroups", "resource rules must supply at least one api group", "api groups");
        CheckWildcard(errors, rule, path, "resources", "resource rules must supply at least one resource", "resources");
        var required = rule.Flag("clusterScope") == true ? null : "resource rules that are not cluster scoped must supply at least one namespace";
        if (!CheckWildcard(errors, rule, path, "namespaces", required, "namespaces"))
        {
            CheckEach(errors, rule.Texts("namespaces"), path + ".namespaces", static ns => NameRules.DnsLabel(ns).Select(static fault => "each member of this list must be '*' or a DNS-1123 label; " + fault));
        }
    }

    private static void CheckVerbs(ErrorList errors, JsonObject rule, string path)
    {
        if (!CheckWildcard(errors, rule, path, "verbs", "verbs must contain at least one value", "verbs") && rule.Texts("verbs").Except(Verbs).Any())
        {
            errors.Add(FieldError.NotSupported(path + ".verbs", rule.Texts("verbs"), Verbs));
        }
    }

    /// <summary>True when the list needs no look at its items: it is empty, or holds the wildcard.</summary>
    /// <param name="required">Why it must not be empty; null when it may.</param>
    private static bool CheckWildcard(ErrorList errors, JsonObject rule, string path, string field, string? required, string what)
    {
        var values = rule.Texts(field).ToList();
        if (values.Count == 0)
        {
            if (required is not null)
            {
                errors.Add(FieldError.Required($"{path}.{field}", required));
            }

            return true;
        }

        if (!values.Contains("*"))
        {
            return false;
        }

        if (values.Count > 1)
        {
            errors.Add(FieldError.Invalid($"{path}.{field}", values, $"if '*' is present, must not specify other {what}"));
        }

        return true;
    }

    private static void CheckEach(ErrorList errors, IEnumerable<string> values, string path, Func<string, IEnumerable<string>> faults)
    {
        foreach (var (value, i) in values.Select(static (value, i) => (value, i)))
        {
            errors.AddInvalid($"{path}[{i}]", value, faults(value));
        }
    }

    private static IEnumerable<string> UrlFaults(string path)
    {
        var fault = path switch
        {
            "" => "must not be empty",
            "/" => null,
            _ when path[0] != '/' => "must start with slash",
            _ when path.Contains(' ', StringComparison.Ordinal) => "must not contain white-space",
            _ when path.Contains("//", StringComparison.Ordinal) => "must not contain double slash",
            _ when path.Contains('*', StringComparison.Ordinal) && (path.IndexOf('*', StringComparison.Ordinal) != path.Length - 1 || path[^2] != '/') => "wildcard can only do suffix matching",
            _ => null,
        };
        return fault is null ? [] : [fault];
    }

    private static void CheckShares(ErrorList errors, JsonObject? level, string path)
    {
        if (level.Whole("nominalConcurrencyShares") < 0)
        {
            errors.Add(FieldError.Invalid(path + ".nominalConcurrencyShares", level.Whole("nominalConcurrencyShares"), "must be a non-negative integer"));
        }
    }

    private static void CheckLendable(ErrorList errors, JsonObject? level, string path)
    {
        if (level.Whole("lendablePercent") is < 0 or > 100)
        {
            errors.Add(FieldError.Invalid(path + ".lendablePercent", level.Whole("lendablePercent"), "must be between 0 and 100, inclusive"));
        }
    }

    private static void CheckLimited(ErrorList errors, JsonObject limited)
    {
        CheckShares(errors, limited, "spec.limited");
        CheckResponse(errors, limited.Map("limitResponse"), "spec.limited.limitResponse");
        CheckLendable(errors, limited, "spec.limited");
        if (limited.Whole("borrowingLimitPercent") < 0)
        {
            errors.Add(FieldError.Invalid("spec.limited.borrowingLimitPercent", limited.Whole("borrowingLimitPercent"), "if specified, must be a non-negative integer"));
        }
    }

    private static void CheckResponse(ErrorList errors, JsonObject? response, string path)
    {
        switch (response.Text("type"))
        {
            case "Reject" when response.Has("queuing"):
                errors.Add(FieldError.Forbidden(path + ".queuing", "must be nil if limited.limitResponse.type is not Limited"));
                break;
            case "Reject":
                break;
            case "Queue" when response.Map("queuing") is { } queuing:
                CheckQueuing(errors, queuing, path + ".queuing");
                break;
            case "Queue":
                errors.Add(FieldError.Required(path + ".queuing", "must not be empty if limited.limitResponse.type is Limited"));
                break;
            case var type:
                errors.Add(FieldError.NotSupported(path + ".type", type ?? "", ["Queue", "Reject"]));
                break;
        }
    }

    private static void CheckQueuing(ErrorList errors, JsonObject queuing, string path)
    {
        var (queues, hand, length) = (queuing.Whole("queues") ?? 0, queuing.Whole("handSize") ?? 0, queuing.Whole("queueLengthLimit") ?? 0);
        if (length <= 0)
        {
            errors.Add(FieldError.Invalid(path + ".queueLengthLimit", length, "must be positive"));
        }

        if (queues is <= 0 or > MaxQueues)
        {
            errors.Add(FieldError.Invalid(path + ".queues", queues, queues <= 0 ? "must be positive" : $"must not be greater than {MaxQueues}"));
        }

        if (hand <= 0)
        {
            errors.Add(FieldError.Invalid(path + ".handSize", hand, "must be positive"));
        }
        else if (hand > queues)
        {
            errors.Add(FieldError.Invalid(path + ".handSize", hand, $"should not be greater than queues ({queues})"));
        }
        else if (queues <= MaxQueues && BitsOf(queues, hand) > MaxHashBits)
        {
            errors.Add(FieldError.Invalid(path + ".handSize", hand, $"required entropy bits of deckSize {queues} and handSize {hand} should not be greater than {MaxHashBits}"));
        }
    }

    /// <summary>Bits that dealing a hand takes: the logarithm of the ways to deal it in order.</summary>
    private static int BitsOf(long queues, long hand)
    {
        var bits = 0d;
        for (var i = 0; i < hand && bits <= MaxHashBits; i++)
        {
            bits += Math.Log2(queues - i);
        }

        return (int)Math.Ceiling(bits);
    }
}
