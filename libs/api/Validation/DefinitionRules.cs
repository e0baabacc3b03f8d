using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>
/// Rules of custom resource definitions (Kubernetes' apiextensions validation), but for what a schema says: that is looked at
/// where custom resources are served. Faults name the fields of the internal type, as Kubernetes' do: webhookClientConfig.
/// </summary>
internal static class DefinitionRules
{
    private const string Approval = "api-approved.kubernetes.io";
    private const string Enhancement = "https://github.com/kubernetes/enhancements/pull/1111";
    private const int MaxWarningLength = 256;

    private static readonly string[] ReviewVersions = ["v1", "v1beta1"];
    private static readonly string[] ColumnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] ColumnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    internal static void Check(ErrorList errors, JsonObject definition)
    {
        var (spec, metadata) = (definition.Map("spec"), definition.Map("metadata"));
        var (names, group) = (spec.Map("names"), spec.Text("group") ?? "");
        if (metadata.Text("name") is { Length: > 0 } name && name != $"{names.Text("plural")}.{group}")
        {
            errors.Add(FieldError.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }

        CheckGroup(errors, group);
        errors.OneOf("spec.scope", spec.Text("scope"), "Cluster", "Namespaced");
        foreach (var (version, path) in spec.Placed("versions", "spec").Where(static version => !version.Item.Map("schema").Has("openAPIV3Schema")))
        {
            errors.Add(FieldError.Required(path + ".schema.openAPIV3Schema", "schemas are required"));
        }

        CheckVersions(errors, spec);
        foreach (var field in (string[])["plural", "singular", "kind", "listKind"])
        {
            errors.Require("spec.names." + field, names.Text(field));
        }

        CheckNames(errors, names, "spec.names");
        CheckConversion(errors, spec.Map("conversion"), "spec.conversion");
        CheckApproval(errors, metadata, group);
        if (spec.Flag("preserveUnknownFields") == true)
        {
            errors.AddTolerable("unknown fields", FieldError.Invalid(
                "spec.preserveUnknownFields", true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }
    }

    /// <summary>What objects lie in the store by never changes; what they are called, once the definition serves.</summary>
    internal static void CheckUpdate(ErrorList errors, JsonObject definition, JsonObject old)
    {
        var (spec, before) = (definition.Map("spec"), old.Map("spec"));
        if (old.Map("status").Items("conditions").Any(static condition => condition.Text("type") == "Established" && condition.Text("status") == "True"))
        {
            CheckSame(errors, spec.Text("scope"), before.Text("scope"), "spec.scope");
            CheckSame(errors, spec.Map("names").Text("kind"), before.Map("names").Text("kind"), "spec.names.kind");
        }

        CheckSame(errors, spec.Text("group"), before.Text("group"), "spec.group");
        CheckSame(errors, spec.Map("names").Text("plural"), before.Map("names").Text("plural"), "spec.names.plural");
    }

    internal static void CheckStatus(ErrorList errors, JsonObject definition, JsonObject old) =>
        CheckNames(errors, definition.Map("status").Map("acceptedNames"), "status.acceptedNames");

    private static void CheckSame(ErrorList errors, string? value, string? before, string path)
    {
        if ((value ?? "") != (before ?? ""))
        {
            errors.Add(FieldError.Invalid(path, value ?? "", "field is immutable"));
        }
    }

    private static void CheckGroup(ErrorList errors, string group)
    {
        if (!errors.Require("spec.group", group))
        {
            return;
        }

        if (NameRules.DnsSubdomain(group) is { Count: > 0 } faults)
        {
            errors.Add(FieldError.Invalid("spec.group", group, string.Join(",", faults)));
        }
        else if (!group.Contains('.', StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid("spec.group", group, "should be a domain with at least one dot"));
        }
    }

    private static void CheckVersions(ErrorList errors, JsonObject? spec)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (version, path) in spec.Placed("versions", "spec"))
        {
            var name = version.Text("name") ?? "";
            names.Add(name);
            CheckName(errors, name, path + ".name");
            CheckWarning(errors, version, path + ".deprecationWarning");
            if (version.Map("subresources").Map("scale") is { } scale)
            {
                CheckScale(errors, scale, path + ".subresources");
            }

            foreach (var (column, at) in version.Placed("additionalPrinterColumns", path))
            {
                CheckColumn(errors, column, at);
            }
        }

        if (names.Count < spec.Items("versions").Count())
        {
            errors.Add(FieldError.Invalid("spec.versions", spec?["versions"], "must contain unique version names"));
        }

        if (spec.Items("versions").Count(static version => version.Flag("storage") == true) != 1)
        {
            errors.Add(FieldError.Invalid("spec.versions", spec?["versions"], "must have exactly one version marked as storage version"));
        }
    }

    private static void CheckWarning(ErrorList errors, JsonObject version, string path)
    {
        if (version.Text("deprecationWarning") is not { } warning)
        {
            return;
        }

        if (version.Flag("deprecated") != true)
        {
            errors.Add(FieldError.Invalid(path, warning, "can only be set for deprecated versions"));
            return;
        }

        if (System.Text.Encoding.UTF8.GetByteCount(warning) > MaxWarningLength)
        {
            errors.Add(FieldError.Invalid(path, warning, $"must be <= {MaxWarningLength} characters long"));
        }

        if (warning.Length == 0)
        {
            errors.Add(FieldError.Invalid(path, warning, "must not be an empty string"));
        }

        var index = warning.AsSpan().IndexOfAnyInRange('\0', '\u001f');
        if (index >= 0)
        {
            errors.Add(FieldError.Invalid(path, warning, $"must only contain printable UTF-8 characters; non-printable character found at index {index}"));
        }
    }

    private static void CheckScale(ErrorList errors, JsonObject scale, string path)
    {
        CheckScalePath(errors, scale.Text("specReplicasPath") ?? "", path + ".scale.specReplicasPath", isRequired: true, ".spec.");
        CheckScalePath(errors, scale.Text("statusReplicasPath") ?? "", path + ".scale.statusReplicasPath", isRequired: true, ".status.");
        CheckScalePath(errors, scale.Text("labelSelectorPath") ?? "", path + ".scale.labelSelectorPath", isRequired: false, ".spec.", ".status.");
    }

    private static void CheckScalePath(ErrorList errors, string value, string path, bool isRequired, params string[] roots)
    {
        if (value.Length == 0)
        {
            if (isRequired)
            {
                errors.Add(FieldError.Required(path));
            }
        }
        else if (!CheckJsonPath(errors, value, path) && !Array.Exists(roots, root => value.StartsWith(root, StringComparison.Ordinal)))
        {
            errors.Add(FieldError.Invalid(path, value, "should be a json path under " + string.Join(" or ", roots.Select(static root => root[..^1]))));
        }
    }

    private static void CheckColumn(ErrorList errors, JsonObject column, string path)
    {
        errors.Require(path + ".name", column.Text("name"));
        var (type, format, value) = (column.Text("type") ?? "", column.Text("format") ?? "", column.Text("jsonPath") ?? "");
        var types = "must be one of " + string.Join(",", ColumnTypes);
        if (errors.Require(path + ".type", type, types) && !ColumnTypes.Contains(type))
        {
            errors.Add(FieldError.Invalid(path + ".type", type, types));
        }

        if (format.Length > 0 && !ColumnFormats.Contains(format))
        {
            errors.Add(FieldError.Invalid(path + ".format", format, "must be one of " + string.Join(",", ColumnFormats)));
        }

        if (errors.Require(path + ".JSONPath", value))
        {
            CheckJsonPath(errors, value, path + ".JSONPath");
        }
    }

    /// <summary>True when it is none.</summary>
    private static bool CheckJsonPath(ErrorList errors, string value, string path)
    {
        if (value.StartsWith('.'))
        {
            return false;
        }

        errors.Add(FieldError.Invalid(path, value, "must be a simple json path starting with ."));
        return true;
    }

    private static void CheckNames(ErrorList errors, JsonObject? names, string path)
    {
        foreach (var field in (string[])["plural", "singular"])
        {
            if (names.Text(field) is { Length: > 0 } name)
            {
                CheckName(errors, name, $"{path}.{field}");
            }
        }

        foreach (var field in (string[])["kind", "listKind"])
        {
            if (names.Text(field) is { Length: > 0 } kind && NameRules.Dns1035Label(kind.ToLowerInvariant()) is { Count: > 0 } faults)
            {
                errors.Add(FieldError.Invalid($"{path}.{field}", kind, "may have mixed case, but should otherwise match: " + string.Join(",", faults)));
            }
        }

        foreach (var (name, at) in names.PlacedTexts("shortNames", path))
        {
            CheckName(errors, name, at);
        }

        if (names.Text("kind") is { Length: > 0 } single && single == names.Text("listKind"))
        {
            errors.Add(FieldError.Invalid(path + ".listKind", single, "kind and listKind may not be the same"));
        }

        foreach (var (category, at) in names.PlacedTexts("categories", path))
        {
            CheckName(errors, category, at);
        }
    }

    private static void CheckName(ErrorList errors, string name, string path)
    {
        if (NameRules.Dns1035Label(name) is { Count: > 0 } faults)
        {
            errors.Add(FieldError.Invalid(path, name, string.Join(",", faults)));
        }
    }

    private static void CheckConversion(ErrorList errors, JsonObject? conversion, string path)
    {
        if (conversion is null)
        {
            return;
        }

        errors.OneOf(path + ".strategy", conversion.Text("strategy"), "None", "Webhook");
        var (client, versions) = (conversion.Map("webhook").Map("clientConfig"), conversion.Map("webhook").Texts("conversionReviewVersions").ToList());
        if (conversion.Text("strategy") == "Webhook")
        {
            if (client is null)
            {
                errors.Add(FieldError.Required(path + ".webhookClientConfig", "required when strategy is set to Webhook"));
            }
            else
            {
                AdmissionRules.CheckClient(errors, client, path + ".webhookClientConfig");
            }

            CheckReviewVersions(errors, versions, path + ".conversionReviewVersions");
            return;
        }

        if (client is not null)
        {
            errors.Add(FieldError.Forbidden(path + ".webhookClientConfig", "should not be set when strategy is not set to Webhook"));
        }

        if (versions.Count > 0)
        {
            errors.Add(FieldError.Forbidden(path + ".conversionReviewVersions", "should not be set when strategy is not set to Webhook"));
        }
    }

    private static void CheckReviewVersions(ErrorList errors, List<string> versions, string path)
    {
        if (versions.Count == 0)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Count; i++)
        {
            errors.AddInvalid($"{path}[{i}]", versions[i], seen.Add(versions[i]) ? NameRules.Dns1035Label(versions[i]) : ["duplicate version"]);
        }

        if (!versions.Exists(ReviewVersions.Contains))
        {
            errors.AddTolerable("unknown review versions", FieldError.Invalid(path, versions, "must include at least one of v1, v1beta1"));
        }
    }

    /// <summary>The community's own groups are not for everybody.</summary>
    private static void CheckApproval(ErrorList errors, JsonObject? metadata, string group)
    {
        if (!Array.Exists((string[])["k8s.io", "kubernetes.io"], own => group == own || group.EndsWith("." + own, StringComparison.Ordinal)))
        {
            return;
        }

        const string path = $"metadata.annotations[{Approval}]";
        const string needed = $"protected groups must have approval annotation \"{Approval}\"";
        var approval = metadata.Map("annotations").Text(Approval);
        if (approval is null)
        {
            errors.AddTolerable("no approval", FieldError.Required(path, $"{needed}, see {Enhancement}"));
        }
        else if (!approval.StartsWith("unapproved", StringComparison.Ordinal) && !(Uri.TryCreate(approval, UriKind.Absolute, out var url) && url.Host.Length > 0))
        {
            errors.AddTolerable("bad approval", FieldError.Invalid(path, approval, $"{needed} with either a URL or a reason starting with \"unapproved\", see {Enhancement}"));
        }
    }
}
