using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>
/// Rules that attributes state: ranges, enumerations, name formats, immutability. Status is left out: only the
/// system writes it. Metadata has rules of its own.
/// </summary>
internal static class SchemaRules
{
    internal static void Check(ErrorList errors, JsonObject obj, ObjectSchema schema)
    {
        foreach (var field in schema.Fields)
        {
            if (field.Name is not ("metadata" or "status") && obj[field.Name] is { } value)
            {
                CheckField(errors, value, field, field.Name);
            }
        }
    }

    private static void CheckObject(ErrorList errors, JsonObject obj, ObjectSchema schema, string path)
    {
        foreach (var field in schema.Fields)
        {
            if (obj[field.Name] is { } value)
            {
                CheckField(errors, value, field, path + "." + field.Name);
            }
        }
    }

    private static void CheckField(ErrorList errors, JsonNode node, FieldSchema field, string path)
    {
        if (errors.Concerns(path))
        {
            return;
        }

        if (node is JsonValue)
        {
            CheckScalar(errors, node, field, path);
        }
        else
        {
            CheckParts(errors, node, field.Value, path);
        }
    }

    private static void CheckParts(ErrorList errors, JsonNode node, ValueSchema value, string path)
    {
        switch (value.Kind)
        {
            // Templates carry metadata of their own, which the rules of the workloads look at.
            case ValueKind.Object when node is JsonObject obj && value.Object!.Name != "ObjectMeta":
                CheckObject(errors, obj, value.Object, path);
                break;
            case ValueKind.List when node is JsonArray list && value.Element!.Kind is ValueKind.Object:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is { } item)
                    {
                        CheckParts(errors, item, value.Element, $"{path}[{i}]");
                    }
                }

                break;
            case ValueKind.Map when node is JsonObject map && value.Element!.Kind is ValueKind.Object:
                foreach (var (key, item) in map)
                {
                    if (item is not null)
                    {
                        CheckParts(errors, item, value.Element, $"{path}[{key}]");
                    }
                }

                break;
        }
    }

    private static void CheckScalar(ErrorList errors, JsonNode node, FieldSchema field, string path)
    {
        if (field.Minimum is { } minimum && JsonAccess.Whole(node) is { } number
            && !(number == 0 && !field.Pointer && !field.Always))
        {
            if (minimum == 0 && field.Maximum is null or >= int.MaxValue)
            {
                errors.NonNegative(path, number);
            }
            else
            {
                errors.AddInvalid(path, number, NameRules.InRange(number, minimum, field.Maximum ?? long.MaxValue));
            }
        }

        if (field.Value.Kind != ValueKind.String || node.GetValueKind() != System.Text.Json.JsonValueKind.String
            || node.GetValue<string>() is not { Length: > 0 } text)
        {
            return;
        }

        if (field.Enum is { } allowed && !allowed.Contains(text))
        {
            errors.Add(FieldError.NotSupported(path, text, allowed));
        }

        if (field.Format is { } format)
        {
            errors.AddInvalid(path, text, NameRules.Check(format, text));
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject obj, JsonObject old, ObjectSchema schema, string path = "")
    {
        foreach (var field in schema.Fields)
        {
            if (path.Length == 0 && field.Name is "metadata" or "status")
            {
                continue;
            }

            var below = path.Length == 0 ? field.Name : path + "." + field.Name;
            if (field.Immutable)
            {
                if (!errors.Concerns(below) && old[field.Name] is { } before && !JsonNode.DeepEquals(before, obj[field.Name]))
                {
                    errors.Add(FieldError.Invalid(below, GoPrint.Show(obj[field.Name], field), "field is immutable"));
                }
            }
            else if (field.Value.Kind == ValueKind.Object && obj[field.Name] is JsonObject newPart && old[field.Name] is JsonObject oldPart)
            {
                CheckUpdate(errors, newPart, oldPart, field.Value.Object!, below);
            }
        }
    }
}
