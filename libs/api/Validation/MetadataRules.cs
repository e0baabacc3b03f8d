using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of metadata, the same for all kinds.</summary>
public static class MetadataRules
{
    private const int MaxAnnotationsSizeBytes = 256 * 1024;

    internal static void Check(ErrorList errors, JsonObject? metadata, bool namespaced, Func<string, IReadOnlyList<string>> nameRule)
    {
        if (metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            // What follows the prefix will be well-formed, so a dash at its end is none at the name's end.
            var masked = prefix.Length > 1 && prefix.EndsWith('-') ? prefix[..^2] + "a" : prefix;
            errors.AddInvalid("metadata.generateName", prefix, nameRule(masked));
        }

        if (errors.Require("metadata.name", metadata.Text("name"), "name or generateName is required"))
        {
            errors.AddInvalid("metadata.name", metadata.Text("name"), nameRule(metadata.Text("name")!));
        }

        CheckNamespace(errors, metadata.Text("namespace"), namespaced);
        errors.NonNegative("metadata.generation", metadata.Whole("generation"));
        CheckLabels(errors, metadata.Map("labels"), "metadata.labels");
        CheckAnnotations(errors, metadata.Map("annotations"), "metadata.annotations");
        CheckOwners(errors, metadata);
        CheckFinalizers(errors, metadata);
    }

    private static void CheckNamespace(ErrorList errors, string? ns, bool namespaced)
    {
        if (namespaced)
        {
            if (errors.Require("metadata.namespace", ns))
            {
                errors.AddInvalid("metadata.namespace", ns, NameRules.DnsLabel(ns!));
            }
        }
        else if (!string.IsNullOrEmpty(ns))
        {
            errors.Add(FieldError.Forbidden("metadata.namespace", "not allowed on this type"));
        }
    }

    internal static void CheckLabels(ErrorList errors, JsonObject? labels, string path)
    {
        foreach (var (key, value) in labels ?? [])
        {
            errors.AddInvalid(path, key, NameRules.QualifiedName(key));
            var text = (string?)value ?? "";
            errors.AddInvalid(path, text, NameRules.LabelValue(text));
        }
    }

    internal static void CheckAnnotations(ErrorList errors, JsonObject? annotations, string path)
    {
        var sizeBytes = 0L;
        foreach (var (key, value) in annotations ?? [])
        {
            errors.AddInvalid(path, key, NameRules.QualifiedName(key.ToLowerInvariant()));
            sizeBytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount((string?)value ?? "");
        }

        if (sizeBytes > MaxAnnotationsSizeBytes)
        {
            errors.Add(FieldError.TooLong(path, MaxAnnotationsSizeBytes));
        }
    }

    private static void CheckOwners(ErrorList errors, JsonObject? metadata)
    {
        const string path = "metadata.ownerReferences";
        string? controller = null;
        foreach (var owner in metadata.Items("ownerReferences"))
        {
            if (string.IsNullOrEmpty(owner.Text("apiVersion")))
            {
                errors.Add(FieldError.Invalid(path + ".apiVersion", "", "version must not be empty"));
            }

            foreach (var name in (string[])["kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.Text(name)))
                {
                    errors.Add(FieldError.Invalid($"{path}.{name}", "", $"{name} must not be empty"));
                }
            }

            if (owner.Text("apiVersion") == "v1" && owner.Text("kind") == "Event")
            {
                errors.Add(FieldError.Invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"));
            }

            if (owner.Flag("controller") == true)
            {
                var current = $"{owner.Text("kind")}/{owner.Text("name")}";
                if (controller is not null)
                {
                    errors.Add(FieldError.Invalid(path, metadata.List("ownerReferences"),
                        $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {current}"));
                }

                controller ??= current;
            }
        }
    }

    private static void CheckFinalizers(ErrorList errors, JsonObject? metadata)
    {
        foreach (var finalizer in metadata.Texts("finalizers"))
        {
            errors.AddInvalid("metadata.finalizers", finalizer, NameRules.QualifiedName(finalizer));
        }

        if (metadata.Texts("finalizers").Contains("orphan") && metadata.Texts("finalizers").Contains("foregroundDeletion"))
        {
            errors.Add(FieldError.Invalid("metadata.finalizers", metadata.Texts("finalizers"), "finalizer orphan and foregroundDeletion cannot be both set"));
        }
    }

    /// <summary>A finalizer without a domain is one of Kubernetes' own; holds for built-in kinds.</summary>
    internal static void CheckKubernetesFinalizers(ErrorList errors, JsonObject? metadata)
    {
        var i = 0;
        foreach (var finalizer in metadata.Texts("finalizers"))
        {
            CheckKubernetesFinalizer(errors, finalizer, $"metadata.finalizers[{i++}]");
        }
    }

    internal static void CheckKubernetesFinalizer(ErrorList errors, string finalizer, string path)
    {
        if (!finalizer.Contains('/', StringComparison.Ordinal) && finalizer is not ("kubernetes" or "orphan" or "foregroundDeletion"))
        {
            errors.Add(FieldError.Invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified"));
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject? metadata, JsonObject? old)
    {
        if (old.Has("deletionTimestamp"))
        {
            var added = metadata.Texts("finalizers").Except(old.Texts("finalizers"), StringComparer.Ordinal).ToList();
            if (added.Count > 0)
            {
                errors.Add(FieldError.Forbidden("metadata.finalizers",
                    $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(GoText.Quote))}}}"));
            }
        }

        if ((metadata.Whole("generation") ?? 0) < (old.Whole("generation") ?? 0))
        {
            errors.Add(FieldError.Invalid("metadata.generation", metadata.Whole("generation") ?? 0, "must not be decremented"));
        }

        foreach (var field in (string[])["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (!JsonNode.DeepEquals(metadata?[field], old?[field]))
            {
                errors.Add(FieldError.Invalid("metadata." + field, metadata?[field], "field is immutable"));
            }
        }
    }
}
