using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Cel;
using Kube.Api.Serialization;
using Kube.Cel.Types;

namespace Kube.Api.Validation;

/// <summary>Rules of validating admission policies and their bindings: every expression compiles to the type that is needed.</summary>
internal static class AdmissionPolicyRules
{
    private const int MaxAuditAnnotations = 20;
    private const int MaxAuditExpressionBytes = 5 * 1024;

    private static readonly string[] Reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
    private static readonly string[] Actions = ["Audit", "Deny", "Warn"];

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    };

    internal static void CheckPolicy(ErrorList errors, JsonObject policy)
    {
        var spec = policy.Map("spec") ?? [];
        if (!spec.Has("failurePolicy"))
        {
            errors.Add(FieldError.Required("spec.failurePolicy"));
        }

        AdmissionRules.CheckPolicyWords(errors, spec, "spec");
        if (spec.Map("paramKind") is { } kind)
        {
            CheckParamKind(errors, kind, "spec.paramKind");
        }

        if (spec.Map("matchConstraints") is not { } constraints)
        {
            errors.Add(FieldError.Required("spec.matchConstraints"));
        }
        else
        {
            CheckMatchResources(errors, constraints, "spec.matchConstraints");
            if (!constraints.Items("resourceRules").Any())
            {
                errors.Add(FieldError.Required("spec.matchConstraints.resourceRules"));
            }
        }

        AdmissionRules.CheckMatchConditions(errors, spec, "spec.matchConditions", spec.Has("paramKind"), new HashSet<string>());
        CheckExpressions(errors, policy.Map("metadata").Text("name") ?? "", spec);
    }

    internal static void CheckBinding(ErrorList errors, JsonObject binding)
    {
        var spec = binding.Map("spec") ?? [];
        var name = spec.Text("policyName") ?? "";
        if (errors.Require("spec.policyName", name))
        {
            errors.AddInvalid("spec.policyName", name, NameRules.DnsSubdomain(name));
        }

        if (spec.Map("paramRef") is { } reference)
        {
            CheckParamRef(errors, reference, "spec.paramRef");
        }

        if (spec.Map("matchResources") is { } resources)
        {
            // The path is misspelt in Kubernetes too, and clients may look for it.
            CheckMatchResources(errors, resources, "spec.matchResouces");
        }

        CheckActions(errors, spec, "spec.validationActions");
    }

    private static void CheckExpressions(ErrorList errors, string policyName, JsonObject spec)
    {
        var expressions = new AdmissionExpressions(spec.Has("paramKind"), spec.Items("variables").Any());
        CheckVariables(errors, spec, expressions);
        var validations = spec.Items("validations").ToList();
        var annotations = spec.Items("auditAnnotations").ToList();
        if (validations.Count == 0 && annotations.Count == 0)
        {
            const string needed = "validations or auditAnnotations must contain at least one item";
            errors.Add(FieldError.Required("spec.validations", needed));
            errors.Add(FieldError.Required("spec.auditAnnotations", needed));
            return;
        }

        for (var i = 0; i < validations.Count; i++)
        {
            CheckValidation(errors, validations[i], $"spec.validations[{i}]", expressions);
        }

        if (annotations.Count > MaxAuditAnnotations)
        {
            errors.Add(FieldError.Invalid("spec.auditAnnotations", spec["auditAnnotations"], $"must not have more than {MaxAuditAnnotations} auditAnnotations"));
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < annotations.Count; i++)
        {
            var key = annotations[i].Text("key") ?? "";
            CheckAnnotation(errors, policyName, annotations[i], $"spec.auditAnnotations[{i}]", expressions);
            if (!keys.Add(key))
            {
                errors.Add(FieldError.Duplicate($"spec.auditAnnotations[{i}].key", key));
            }
        }
    }

    private static void CheckVariables(ErrorList errors, JsonObject spec, AdmissionExpressions expressions)
    {
        var i = 0;
        foreach (var variable in spec.Items("variables"))
        {
            var at = $"spec.variables[{i++}]";
            var name = variable.Text("name") ?? "";
            var expression = variable.Text("expression") ?? "";
            if (string.IsNullOrWhiteSpace(name))
            {
                errors.Add(FieldError.Required(at + ".name", "name is not specified"));
            }
            else if (!AdmissionRules.Identifier().IsMatch(name) || Reserved.Contains(name))
            {
                errors.Add(FieldError.Invalid(at + ".name", name, "name is not a valid CEL identifier"));
            }

            if (string.IsNullOrWhiteSpace(expression))
            {
                errors.Add(FieldError.Required(at + ".expression", "expression is not specified"));
            }
            else if (expressions.CompileVariable(name, expression).Fault is { } fault)
            {
                errors.Add(FieldError.Invalid(at + ".expression", expression, fault));
            }
        }
    }

    private static void CheckValidation(ErrorList errors, JsonObject validation, string at, AdmissionExpressions expressions)
    {
        var expression = validation.Text("expression") ?? "";
        if (string.IsNullOrWhiteSpace(expression))
        {
            errors.Add(FieldError.Required(at + ".expression", "expression is not specified"));
        }
        else if (expressions.Compile(expression, true, CelType.Bool).Fault is { } fault)
        {
            errors.Add(FieldError.Invalid(at + ".expression", expression, fault));
        }

        if (validation.Text("messageExpression") is { Length: > 0 } message)
        {
            var messageFault = string.IsNullOrWhiteSpace(message) ? "must be non-empty if specified" : expressions.Compile(message, false, CelType.String).Fault;
            if (messageFault is not null)
            {
                errors.Add(FieldError.Invalid(at + ".messageExpression", message, messageFault));
            }
        }

        if (validation.Text("message") is { Length: > 0 } text)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                errors.Add(FieldError.Invalid(at + ".message", text, "message must be non-empty if specified"));
            }
            else if (text.Trim().AsSpan().IndexOfAny('\n', '\r') >= 0)
            {
                errors.Add(FieldError.Invalid(at + ".message", text, "message must not contain line breaks"));
            }
        }

        if (validation.Text("reason") is { } reason && !Reasons.Contains(reason))
        {
            errors.Add(FieldError.NotSupported(at + ".reason", reason, Reasons));
        }
    }

    private static void CheckAnnotation(ErrorList errors, string policyName, JsonObject annotation, string at, AdmissionExpressions expressions)
    {
        var key = annotation.Text("key") ?? "";
        if (policyName.Length == 0)
        {
            errors.Add(FieldError.Invalid(at + ".key", key, "requires metadata.name be non-empty"));
        }
        else
        {
            errors.AddInvalid(at + ".key", $"{policyName}/{key}", NameRules.QualifiedName($"{policyName}/{key}"));
        }

        var expression = (annotation.Text("valueExpression") ?? "").Trim();
        if (expression.Length == 0)
        {
            errors.Add(FieldError.Required(at + ".valueExpression", "valueExpression is not specified"));
        }
        else if (Encoding.UTF8.GetByteCount(expression) > MaxAuditExpressionBytes)
        {
            errors.Add(FieldError.Required(at + ".valueExpression", $"must not exceed {MaxAuditExpressionBytes} bytes in length"));
        }
        else if (expressions.Compile(expression, true, CelType.String, CelType.Null).Fault is { } fault)
        {
            errors.Add(FieldError.Invalid(at + ".valueExpression", annotation.Text("valueExpression"), fault));
        }
    }

    private static void CheckParamKind(ErrorList errors, JsonObject kind, string at)
    {
        var version = kind.Text("apiVersion") ?? "";
        var parts = version.Split('/');
        if (version.Length == 0)
        {
            errors.Add(FieldError.Required(at + ".apiVersion"));
        }
        else if (parts.Length > 2)
        {
            errors.Add(FieldError.Invalid(at + ".apiVersion", version, "unexpected GroupVersion string: " + version));
        }
        else
        {
            var group = parts.Length == 2 ? parts[0] : "";
            if (group.Length > 0 && NameRules.DnsSubdomain(group) is { Count: > 0 } groupFaults)
            {
                errors.Add(FieldError.Invalid(at + ".apiVersion", group, string.Join(",", groupFaults)));
            }

            if (parts[^1].Length == 0)
            {
                errors.Add(FieldError.Invalid(at + ".apiVersion", version, "version must be specified"));
            }
            else if (NameRules.Dns1035Label(parts[^1]) is { Count: > 0 } versionFaults)
            {
                errors.Add(FieldError.Invalid(at + ".apiVersion", parts[^1], string.Join(",", versionFaults)));
            }
        }

        var name = kind.Text("kind") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(at + ".kind"));
        }
        else if (NameRules.Dns1035Label(name.ToLowerInvariant()) is { Count: > 0 } faults)
        {
            errors.Add(FieldError.Invalid(at + ".kind", name, "may have mixed case, but should otherwise match: " + string.Join(",", faults)));
        }
    }

    private static void CheckMatchResources(ErrorList errors, JsonObject resources, string at)
    {
        if (!resources.Has("matchPolicy"))
        {
            errors.Add(FieldError.Required(at + ".matchPolicy"));
        }

        AdmissionRules.CheckPolicyWords(errors, resources, at);
        AdmissionRules.CheckSelectors(errors, resources, at, required: true);
        foreach (var field in (string[])["resourceRules", "excludeResourceRules"])
        {
            CheckResourceNames(errors, resources, $"{at}.{field}", field);
            AdmissionRules.CheckRules(errors, resources, $"{at}.{field}");
        }
    }

    private static void CheckResourceNames(ErrorList errors, JsonObject resources, string at, string field)
    {
        var i = 0;
        foreach (var rule in resources.Items(field))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var j = 0;
            foreach (var name in rule.Texts("resourceNames"))
            {
                errors.AddInvalid($"{at}[{i}].resourceNames[{j}]", name, NameRules.PathSegment(name));
                if (!seen.Add(name))
                {
                    errors.Add(FieldError.Duplicate($"{at}[{i}].resourceNames[{j}]", name));
                }

                j++;
            }

            i++;
        }
    }

    private static void CheckParamRef(ErrorList errors, JsonObject reference, string at)
    {
        const string exclusive = "name and selector are mutually exclusive";
        var name = reference.Text("name") ?? "";
        var selector = reference.Map("selector");
        if (name.Length > 0)
        {
            errors.AddInvalid(at + ".name", name, NameRules.PathSegment(name));
            if (selector is not null)
            {
                errors.Add(FieldError.Forbidden(at + ".name", exclusive));
            }
        }

        if (selector is not null)
        {
            WorkloadRules.CheckLabelSelector(errors, selector, at + ".selector");
            if (name.Length > 0)
            {
                errors.Add(FieldError.Forbidden(at + ".selector", exclusive));
            }
        }

        if (name.Length == 0 && selector is null)
        {
            errors.Add(FieldError.Required(at, "one of name or selector must be specified"));
        }

        errors.OneOf(at + ".parameterNotFoundAction", reference.Text("parameterNotFoundAction"), "Deny", "Allow");
    }

    private static void CheckActions(ErrorList errors, JsonObject spec, string at)
    {
        var actions = spec.Texts("validationActions").ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < actions.Count; i++)
        {
            if (!Actions.Contains(actions[i]))
            {
                errors.Add(FieldError.NotSupported($"{at}[{i}]", actions[i], Actions));
            }

            if (!seen.Add(actions[i]))
            {
                errors.Add(FieldError.Duplicate($"{at}[{i}]", actions[i]));
            }
        }

        if (seen.Contains("Deny") && seen.Contains("Warn"))
        {
            errors.Add(FieldError.Invalid(at, GoPrint.List("admissionregistration.ValidationAction", actions), "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"));
        }

        if (seen.Count == 0)
        {
            errors.Add(FieldError.Required(at, "at least one validation action is required"));
        }
    }
}
