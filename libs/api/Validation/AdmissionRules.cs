using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kube.Api.Cel;
using Kube.Api.Serialization;
using Kube.Cel.Types;

namespace Kube.Api.Validation;

/// <summary>Rules of webhook configurations, and what they share with admission policies.</summary>
internal static partial class AdmissionRules
{
    private const int MaxConditions = 64;

    private static readonly string[] Operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
    private static readonly string[] SideEffects = ["None", "NoneOnDryRun"];
    private static readonly string[] Scopes = ["*", "Cluster", "Namespaced"];
    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];

    internal static void CheckMutating(ErrorList errors, JsonObject configuration) => CheckWebhooks(errors, configuration, null, isMutating: true);

    internal static void CheckMutatingUpdate(ErrorList errors, JsonObject configuration, JsonObject old) => CheckWebhooks(errors, configuration, old, isMutating: true);

    internal static void CheckValidating(ErrorList errors, JsonObject configuration) => CheckWebhooks(errors, configuration, null, isMutating: false);

    internal static void CheckValidatingUpdate(ErrorList errors, JsonObject configuration, JsonObject old) => CheckWebhooks(errors, configuration, old, isMutating: false);

    /// <summary>What an older configuration already breaks stays allowed: some rules are younger than what they rule.</summary>
    private static void CheckWebhooks(ErrorList errors, JsonObject configuration, JsonObject? old, bool isMutating)
    {
        var before = old.Items("webhooks").ToList();
        var requireVersions = before.All(hook => !hook.Texts("admissionReviewVersions").Any() || hook.Texts("admissionReviewVersions").Any(ReviewVersions.Contains));
        var requireNames = before.Select(hook => hook.Text("name")).Distinct().Count() == before.Count;
        var requireNoEffects = before.All(hook => SideEffects.Contains(hook.Text("sideEffects")));
        var known = before.SelectMany(hook => hook.Items("matchConditions")).Select(condition => condition.Text("expression") ?? "").ToHashSet(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var hook in configuration.Items("webhooks"))
        {
            var at = $"webhooks[{i++}]";
            CheckWebhook(errors, hook, at, requireNoEffects, known);
            if (isMutating && hook.Text("reinvocationPolicy") is { } reinvocation && reinvocation is not ("IfNeeded" or "Never"))
            {
                errors.Add(FieldError.NotSupported(at + ".reinvocationPolicy", reinvocation, ["IfNeeded", "Never"]));
            }

            CheckReviewVersions(errors, hook, at + ".admissionReviewVersions", requireVersions);
            if (requireNames && !names.Add(hook.Text("name") ?? ""))
            {
                errors.Add(FieldError.Duplicate(at + ".name", hook.Text("name") ?? ""));
            }
        }
    }

    private static void CheckWebhook(ErrorList errors, JsonObject hook, string at, bool requireNoEffects, HashSet<string> known)
    {
        CheckFullName(errors, hook.Text("name") ?? "", at + ".name");
        CheckRules(errors, hook, at + ".rules");
        CheckPolicyWords(errors, hook, at);
        string[] effects = requireNoEffects ? SideEffects : ["None", "NoneOnDryRun", "Some", "Unknown"];
        if (hook.Text("sideEffects") is not { } sideEffects)
        {
            errors.Add(FieldError.Required(at + ".sideEffects", "must specify one of " + string.Join(", ", effects)));
        }
        else if (!effects.Contains(sideEffects))
        {
            errors.Add(FieldError.NotSupported(at + ".sideEffects", sideEffects, effects));
        }

        if (hook.Whole("timeoutSeconds") is { } timeout and (< 1 or > 30))
        {
            errors.Add(FieldError.Invalid(at + ".timeoutSeconds", timeout, "the timeout value must be between 1 and 30 seconds"));
        }

        CheckSelectors(errors, hook, at, required: false);
        CheckClient(errors, hook.Map("clientConfig"), at + ".clientConfig");
        CheckMatchConditions(errors, hook, at + ".matchConditions", hasParams: false, known);
    }

    /// <summary>The parts of policy and webhook that say when they hold.</summary>
    internal static void CheckPolicyWords(ErrorList errors, JsonObject parent, string at)
    {
        if (parent.Text("failurePolicy") is { } failure && failure is not ("Fail" or "Ignore"))
        {
            errors.Add(FieldError.NotSupported(at + ".failurePolicy", failure, ["Fail", "Ignore"]));
        }

        if (parent.Text("matchPolicy") is { } match && match is not ("Equivalent" or "Exact"))
        {
            errors.Add(FieldError.NotSupported(at + ".matchPolicy", match, ["Equivalent", "Exact"]));
        }
    }

    internal static void CheckSelectors(ErrorList errors, JsonObject parent, string at, bool required)
    {
        foreach (var name in (string[])["namespaceSelector", "objectSelector"])
        {
            if (parent.Map(name) is { } selector)
            {
                WorkloadRules.CheckLabelSelector(errors, selector, $"{at}.{name}");
            }
            else if (required)
            {
                errors.Add(FieldError.Required($"{at}.{name}"));
            }
        }
    }

    /// <summary>Conditions that compile to a truth value. Expressions that are stored already are left alone.</summary>
    internal static void CheckMatchConditions(ErrorList errors, JsonObject parent, string at, bool hasParams, IReadOnlySet<string> known)
    {
        var conditions = parent.Items("matchConditions").ToList();
        if (conditions.Count > MaxConditions)
        {
            errors.Add(FieldError.TooMany(at, conditions.Count, MaxConditions));
        }

        var expressions = new AdmissionExpressions(hasParams, hasVariables: false);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < conditions.Count; i++)
        {
            var expression = (conditions[i].Text("expression") ?? "").Trim();
            if (expression.Length == 0)
            {
                errors.Add(FieldError.Required($"{at}[{i}].expression"));
            }
            else if (!known.Contains(conditions[i].Text("expression")!) && expressions.Compile(expression, true, CelType.Bool).Fault is { } fault)
            {
                errors.Add(FieldError.Invalid($"{at}[{i}].expression", expression, fault));
            }

            var name = conditions[i].Text("name") ?? "";
            if (name.Length == 0)
            {
                errors.Add(FieldError.Required($"{at}[{i}].name"));
                continue;
            }

            errors.AddInvalid($"{at}[{i}].name", name, NameRules.QualifiedName(name));
            if (!names.Add(name))
            {
                errors.Add(FieldError.Duplicate($"{at}[{i}].name", name));
            }
        }
    }

    internal static void CheckRules(ErrorList errors, JsonObject parent, string at)
    {
        var field = at[(at.LastIndexOf('.') + 1)..];
        var i = 0;
        foreach (var rule in parent.Items(field))
        {
            CheckRule(errors, rule, $"{at}[{i++}]");
        }
    }

    private static void CheckRule(ErrorList errors, JsonObject rule, string at)
    {
        var operations = rule.Texts("operations").ToList();
        if (operations.Count == 0)
        {
            errors.Add(FieldError.Required(at + ".operations"));
        }

        if (operations.Count > 1 && operations.Contains("*"))
        {
            errors.Add(FieldError.Invalid(at + ".operations", GoPrint.List("admissionregistration.OperationType", operations), "if '*' is present, must not specify other operations"));
        }

        for (var i = 0; i < operations.Count; i++)
        {
            if (!Operations.Contains(operations[i]))
            {
                errors.Add(FieldError.NotSupported($"{at}.operations[{i}]", operations[i], Operations));
            }
        }

        foreach (var (field, what) in new[] { ("apiGroups", "API groups"), ("apiVersions", "API versions") })
        {
            var values = rule.Texts(field).ToList();
            if (values.Count == 0)
            {
                errors.Add(FieldError.Required($"{at}.{field}"));
            }

            if (values.Count > 1 && values.Contains("*"))
            {
                errors.Add(FieldError.Invalid($"{at}.{field}", values, $"if '*' is present, must not specify other {what}"));
            }

            for (var i = 0; field == "apiVersions" && i < values.Count; i++)
            {
                if (values[i].Length == 0)
                {
                    errors.Add(FieldError.Required($"{at}.{field}[{i}]"));
                }
            }
        }

        CheckResources(errors, rule, at + ".resources");
        if (rule.Text("scope") is { } scope && !Scopes.Contains(scope))
        {
            errors.Add(FieldError.NotSupported(at + ".scope", scope, Scopes));
        }
    }

    private static void CheckResources(ErrorList errors, JsonObject rule, string at)
    {
        var resources = rule.Texts("resources").ToList();
        if (resources.Count == 0)
        {
            errors.Add(FieldError.Required(at));
        }

        var allSubresourcesOf = resources.Where(r => r.EndsWith("/*", StringComparison.Ordinal)).Select(r => r[..^2]).ToHashSet(StringComparer.Ordinal);
        var everyResourceWith = resources.Where(r => r.StartsWith("*/", StringComparison.Ordinal)).Select(r => r[2..]).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < resources.Count; i++)
        {
            var resource = resources[i];
            if (resource.Length == 0)
            {
                errors.Add(FieldError.Required($"{at}[{i}]"));
                continue;
            }

            var slash = resource.IndexOf('/', StringComparison.Ordinal);
            if (resource == "*/*" || slash < 0)
            {
                continue;
            }

            var (name, subresource) = (resource[..slash], resource[(slash + 1)..]);
            if (subresource != "*" && allSubresourcesOf.Contains(name))
            {
                errors.Add(FieldError.Invalid($"{at}[{i}]", resource, $"if '{name}/*' is present, must not specify {resource}"));
            }

            if (name != "*" && everyResourceWith.Contains(subresource))
            {
                errors.Add(FieldError.Invalid($"{at}[{i}]", resource, $"if '*/{subresource}' is present, must not specify {resource}"));
            }
        }

        if (resources.Count > 1 && resources.Contains("*/*"))
        {
            errors.Add(FieldError.Invalid(at, resources, "if '*/*' is present, must not specify other resources"));
        }

        if (resources.Contains("*") && resources.Exists(r => r != "*" && !r.Contains('/', StringComparison.Ordinal)))
        {
            errors.Add(FieldError.Invalid(at, resources, "if '*' is present, must not specify other resources without subresources"));
        }
    }

    private static void CheckReviewVersions(ErrorList errors, JsonObject hook, string at, bool requireKnown)
    {
        var versions = hook.Texts("admissionReviewVersions").ToList();
        if (versions.Count == 0)
        {
            errors.Add(FieldError.Required(at, "must specify one of v1, v1beta1"));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            if (!seen.Add(versions[i]))
            {
                errors.Add(FieldError.Invalid($"{at}[{i}]", versions[i], "duplicate version"));
                continue;
            }

            errors.AddInvalid($"{at}[{i}]", versions[i], NameRules.Dns1035Label(versions[i]));
        }

        if (requireKnown && !versions.Exists(ReviewVersions.Contains))
        {
            errors.Add(FieldError.Invalid(at, versions, "must include at least one of v1, v1beta1"));
        }
    }

    /// <summary>A name with at least two dots: webhook.example.com.</summary>
    private static void CheckFullName(ErrorList errors, string name, string at)
    {
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(at));
            return;
        }

        var faults = NameRules.DnsSubdomain(name);
        if (faults.Count > 0)
        {
            errors.Add(FieldError.Invalid(at, name, string.Join(",", faults)));
        }
        else if (name.Split('.').Length < 3)
        {
            errors.Add(FieldError.Invalid(at, name, "should be a domain with at least three segments separated by dots"));
        }
    }

    /// <summary>Where a webhook is.</summary>
    internal static void CheckClient(ErrorList errors, JsonObject? client, string at)
    {
        if (client.Has("url") == client.Has("service"))
        {
            errors.Add(FieldError.Required(at, "exactly one of url or service is required"));
            return;
        }

        if (client.Text("url") is { } url)
        {
            CheckUrl(errors, url, at + ".url");
            return;
        }

        var service = client.Map("service");
        errors.Require(at + ".service.name", service.Text("name"), "service name is required");
        errors.Require(at + ".service.namespace", service.Text("namespace"), "service namespace is required");
        if (service.Whole("port") is { } port && NameRules.PortNumber(port).Count > 0)
        {
            errors.Add(FieldError.Invalid(at + ".service.port", port, "port is not valid: " + string.Join(",", NameRules.PortNumber(port))));
        }

        if (service.Text("path") is { } path && path != "/")
        {
            CheckPath(errors, path, at + ".service.path");
        }
    }

    private static void CheckPath(ErrorList errors, string path, string at)
    {
        if (path.Length == 0)
        {
            errors.Add(FieldError.Invalid(at, path, "must be non-empty"));
            return;
        }

        if (!path.StartsWith('/'))
        {
            errors.Add(FieldError.Invalid(at, path, "must start with a '/'"));
            return;
        }

        var steps = path[1..].TrimEnd('/').Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Length == 0)
            {
                errors.Add(FieldError.Invalid(at, path, $"segment[{i}] may not be empty"));
                continue;
            }

            foreach (var fault in NameRules.DnsSubdomain(steps[i]))
            {
                errors.Add(FieldError.Invalid(at, path, $"segment[{i}]: {fault}"));
            }
        }
    }

    private static void CheckUrl(ErrorList errors, string text, string at)
    {
        const string form = "; desired format: https://host[/path]";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            errors.Add(FieldError.Required(at, "url must be a valid URL: " + text + form));
            return;
        }

        if (url.Scheme != "https")
        {
            errors.Add(FieldError.Invalid(at, url.Scheme, "'https' is the only allowed URL scheme" + form));
        }

        if (url.Host.Length == 0)
        {
            errors.Add(FieldError.Invalid(at, url.Host, "host must be specified" + form));
        }

        if (url.UserInfo.Length > 0)
        {
            errors.Add(FieldError.Invalid(at, url.UserInfo, "user information is not permitted in the URL"));
        }

        if (url.Fragment.Length > 1)
        {
            errors.Add(FieldError.Invalid(at, url.Fragment[1..], "fragments are not permitted in the URL"));
        }

        if (url.Query.Length > 1)
        {
            errors.Add(FieldError.Invalid(at, url.Query[1..], "query parameters are not permitted in the URL"));
        }
    }

    /// <summary>A name of the expression language.</summary>
    [GeneratedRegex("^[_a-zA-Z][_a-zA-Z0-9]*$", RegexOptions.CultureInvariant)]
    internal static partial Regex Identifier();
}
