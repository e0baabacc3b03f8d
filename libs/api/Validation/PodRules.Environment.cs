using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Validation;

/// <content>Environment variables and the fields of a pod that they and files may show.</content>
internal static partial class PodRules
{
    private const string OneSource = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";

    private static readonly string[] EnvironmentFields =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];

    private static readonly string[] FileFields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    /// <summary>The fields that have a name in the v1 version at all.</summary>
    private static readonly HashSet<string> KnownFields = new(EnvironmentFields, StringComparer.Ordinal)
    {
        "metadata.annotations", "metadata.labels", "spec.host", "spec.restartPolicy", "spec.schedulerName", "status.phase",
    };

    private static readonly string[] ResourceFields =
        ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    private static readonly HashSet<string> SizeDivisors =
        new(StringComparer.Ordinal) { "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei" };

    private static void CheckEnvironment(ErrorList errors, JsonObject container, string path)
    {
        foreach (var (variable, at) in container.Placed("env", path))
        {
            if (errors.Require(at + ".name", variable.Text("name")))
            {
                errors.AddInvalid(at + ".name", variable.Text("name"), NameRules.EnvironmentName(variable.Text("name")!));
            }

            if (variable.Map("valueFrom") is { } from)
            {
                CheckValueFrom(errors, from, at + ".valueFrom", !string.IsNullOrEmpty(variable.Text("value")));
            }
        }

        foreach (var (source, at) in container.Placed("envFrom", path))
        {
            if (source.Text("prefix") is { Length: > 0 } prefix)
            {
                errors.AddInvalid(at + ".prefix", prefix, NameRules.EnvironmentName(prefix));
            }

            var count = 0;
            foreach (var kind in ((string[])["configMapRef", "secretRef"]).Where(k => source.Map(k) is not null))
            {
                count++;
                if (errors.Require($"{at}.{kind}.name", source.Map(kind).Text("name")))
                {
                    // A dash at the end is taken as the end of a prefix there.
                    var name = source.Map(kind).Text("name")!;
                    errors.AddInvalid($"{at}.{kind}.name", name, NameRules.DnsSubdomain(name.EndsWith('-') && name.Length > 1 ? name[..^2] + "a" : name));
                }
            }

            if (count != 1)
            {
                errors.Add(FieldError.Invalid(path + ".envFrom", "",
                    count == 0 ? "must specify one of: `configMapRef` or `secretRef`" : "may not have more than one field specified at a time"));
            }
        }
    }

    private static void CheckValueFrom(ErrorList errors, JsonObject from, string path, bool hasValue)
    {
        var sources = 0;
        if (from.Map("fieldRef") is { } field)
        {
            sources++;
            CheckFieldReference(errors, field, path + ".fieldRef", EnvironmentFields);
        }

        if (from.Map("resourceFieldRef") is { } resource)
        {
            sources++;
            CheckResourceReference(errors, resource, path + ".resourceFieldRef", namesContainer: false);
        }

        foreach (var kind in ((string[])["configMapKeyRef", "secretKeyRef"]).Where(k => from.Map(k) is not null))
        {
            sources++;
            var (name, key) = (from.Map(kind).Text("name") ?? "", from.Map(kind).Text("key"));
            errors.AddInvalid($"{path}.{kind}.name", name, NameRules.DnsSubdomain(name));
            if (errors.Require($"{path}.{kind}.key", key))
            {
                errors.AddInvalid($"{path}.{kind}.key", key, NameRules.ConfigKey(key!));
            }
        }

        if (sources == 0)
        {
            errors.Add(FieldError.Invalid(path, "", OneSource));
        }
        else if (hasValue)
        {
            errors.Add(FieldError.Invalid(path, "", "may not be specified when `value` is not empty"));
        }
        else if (sources > 1)
        {
            errors.Add(FieldError.Invalid(path, "", "may not have more than one field specified at a time"));
        }
    }

    private static void CheckFieldReference(ErrorList errors, JsonObject reference, string path, string[] allowed)
    {
        if (!errors.Require(path + ".apiVersion", reference.Text("apiVersion")) || !errors.Require(path + ".fieldPath", reference.Text("fieldPath")))
        {
            return;
        }

        var (version, text) = (reference.Text("apiVersion")!, reference.Text("fieldPath")!);
        var open = text.EndsWith("']", StringComparison.Ordinal) ? text.IndexOf("['", StringComparison.Ordinal) : -1;
        var (field, key) = open > 0 ? (text[..open], text[(open + 2)..^2]) : (text, null);
        if (version != "v1")
        {
            errors.Add(FieldError.Invalid(path + ".fieldPath", text, $"error converting fieldPath: unsupported pod version: {version}"));
        }
        else if (key is not null)
        {
            if (field is "metadata.annotations" or "metadata.labels")
            {
                var judged = field == "metadata.annotations" ? key.ToLowerInvariant() : key;
                errors.AddInvalid(path, judged, NameRules.QualifiedName(judged));
            }
            else
            {
                errors.Add(FieldError.Invalid(path + ".fieldPath", text, $"error converting fieldPath: field label does not support subscript: {text}"));
            }
        }
        else if (!KnownFields.Contains(field))
        {
            errors.Add(FieldError.Invalid(path + ".fieldPath", text, $"error converting fieldPath: field label not supported: {text}"));
        }
        else if (!allowed.Contains(field == "spec.host" ? "spec.nodeName" : field))
        {
            errors.Add(FieldError.NotSupported(path + ".fieldPath", field == "spec.host" ? "spec.nodeName" : field, allowed));
        }
    }

    private static void CheckResourceReference(ErrorList errors, JsonObject reference, string path, bool namesContainer)
    {
        var resource = reference.Text("resource") ?? "";
        var pages = resource.StartsWith("limits.hugepages-", StringComparison.Ordinal) || resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);
        if (namesContainer && string.IsNullOrEmpty(reference.Text("containerName")))
        {
            errors.Add(FieldError.Required(path + ".containerName"));
        }
        else if (errors.Require(path + ".resource", resource) && !ResourceFields.Contains(resource) && !pages)
        {
            errors.Add(FieldError.NotSupported(path + ".resource", resource, ResourceFields));
        }

        if (!Quantity.TryParse(reference["divisor"]?.ToString(), out var divisor) || divisor.IsZero)
        {
            return;
        }

        var name = resource[(resource.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var (fits, what) = name switch
        {
            "cpu" => (divisor.ToString() is "1m" or "1", "values 1m and 1 are supported with the cpu resource"),
            "memory" => (SizeDivisors.Contains(divisor.ToString()), SizesFor("memory")),
            "ephemeral-storage" => (SizeDivisors.Contains(divisor.ToString()), SizesFor("local ephemeral storage")),
            _ => (!pages || SizeDivisors.Contains(divisor.ToString()), SizesFor("hugepages")),
        };
        if (!fits)
        {
            errors.Add(FieldError.Invalid(path + ".divisor", resource, "only divisor's " + what));
        }

        static string SizesFor(string of) => $"values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {of} resource";
    }
}
