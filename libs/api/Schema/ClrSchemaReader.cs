using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kube.Base;

namespace Kube.Api.Schema;

/// <summary>Reads the attributes of a C# type into the parts of an <see cref="ObjectSchema"/>.</summary>
internal static class ClrSchemaReader
{
    internal static ObjectSchema.Parts Read(Type type)
    {
        var fields = new List<FieldSchema>();
        if (type.IsDefined(typeof(KindAttribute), false))
        {
            fields.Add(TypeMetaField("apiVersion"));
            fields.Add(TypeMetaField("kind"));
        }

        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Array.Sort(properties, static (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
        foreach (var property in properties)
        {
            ReadProperty(property, fields);
        }

        return ObjectSchema.Parts.Of(fields, type.IsDefined(typeof(AtomicAttribute), false));
    }

    private static FieldSchema TypeMetaField(string name) =>
        new() { Name = name, Value = ValueSchema.Scalar(ValueKind.String), Description = TypeMetaDescription(name) };

    private static string TypeMetaDescription(string name) => name == "kind"
        ? "Name of the kind of this object, in CamelCase; it cannot be updated."
        : "API group and version whose schema this object follows.";

    private static void ReadProperty(PropertyInfo property, List<FieldSchema> fields)
    {
        if (property.GetCustomAttribute<FieldAttribute>() is not { } attribute)
        {
            return;
        }

        if (attribute.Inline)
        {
            Invariant.Check(attribute.Number == 0, $"{property.DeclaringType}.{property.Name}: members of a nested message say Within");
            fields.AddRange(ObjectSchema.For(property.PropertyType).Fields);
            return;
        }

        var name = JsonNameOf(property, attribute);
        if (attribute.Number != 0 || !fields.Exists(f => f.Name == name))
        {
            fields.Add(ReadField(property, attribute, name));
        }
    }

    private static string JsonNameOf(PropertyInfo property, FieldAttribute attribute) =>
        attribute.Name
        ?? property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
        ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static FieldSchema ReadField(PropertyInfo property, FieldAttribute attribute, string name)
    {
        var form = property.GetCustomAttribute<ScalarAttribute>()?.Form;
        var list = property.GetCustomAttribute<ListTypeAttribute>();
        var patch = property.GetCustomAttribute<PatchStrategyAttribute>();
        var strategies = patch?.Strategy.Split(',') ?? [];
        var range = property.GetCustomAttribute<RangeAttribute>();
        var value = ReadValue(property.PropertyType, form);
        return new FieldSchema
        {
            Name = name,
            Property = property,
            Number = attribute.Number,
            Value = value,
            Within = attribute.Within,
            Inner = attribute.Inner,
            Required = attribute.Required,
            Always = attribute.Always,
            Pointer = attribute.Pointer || (Nullable.GetUnderlyingType(property.PropertyType) is not null && !attribute.Always),
            ListKind = list?.Kind ?? ListKind.Atomic,
            HasListKind = list is not null,
            ListKeys = list?.Keys ?? [],
            Atomic = property.IsDefined(typeof(AtomicAttribute), false)
                || (value.Kind == ValueKind.Object && property.PropertyType.IsDefined(typeof(AtomicAttribute), false)),
            PatchStrategy = patch?.Strategy,
            PatchMerges = Array.IndexOf(strategies, "merge") >= 0,
            PatchRetainsKeys = Array.IndexOf(strategies, "retainKeys") >= 0,
            PatchReplaces = Array.IndexOf(strategies, "replace") >= 0,
            MergeKey = patch?.MergeKey,
            DefaultJson = property.GetCustomAttribute<DefaultAttribute>()?.Json,
            Enum = property.GetCustomAttribute<EnumAttribute>()?.Values,
            Immutable = property.IsDefined(typeof(ImmutableAttribute), false),
            Minimum = range?.Minimum,
            Maximum = range?.Maximum,
            Format = property.GetCustomAttribute<NameFormatAttribute>()?.Format,
        };
    }

    private static ValueSchema ReadValue(Type type, ScalarForm? form = null)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        form ??= type.GetCustomAttribute<ScalarAttribute>()?.Form;
        if (form is { } f && FromForm(f) is { } special)
        {
            // On a list or map the form is that of the elements.
            return f != ScalarForm.WrappedList && ElementOf(type, out var isMap) is { } e && !typeof(JsonNode).IsAssignableFrom(type)
                ? isMap ? ValueSchema.MapOf(ReadValue(e, form)) : ValueSchema.ListOf(ReadValue(e, form))
                : special;
        }

        if (FromPrimitive(type) is { } primitive)
        {
            return ValueSchema.Scalar(primitive);
        }

        if (ElementOf(type, out var map) is { } element)
        {
            if (!map)
            {
                return ValueSchema.ListOf(ReadValue(element));
            }

            var inner = ReadValue(element);
            // A protobuf map cannot hold a repeated field: Kubernetes wraps such a list.
            return ValueSchema.MapOf(inner.Kind == ValueKind.List ? ValueSchema.ListOf(inner.Element!, wrapped: true) : inner);
        }

        Invariant.Check(type.IsClass, $"{type} has no form in the API");
        return ValueSchema.OfObject(() => ObjectSchema.For(type));
    }

    private static ValueSchema? FromForm(ScalarForm form) => form switch
    {
        ScalarForm.Quantity => ValueSchema.Scalar(ValueKind.Quantity),
        ScalarForm.Time => ValueSchema.Scalar(ValueKind.Time),
        ScalarForm.MicroTime => ValueSchema.Scalar(ValueKind.MicroTime),
        ScalarForm.IntOrString => ValueSchema.Scalar(ValueKind.IntOrString),
        ScalarForm.Duration => ValueSchema.Scalar(ValueKind.Duration),
        ScalarForm.RawJson => ValueSchema.Scalar(ValueKind.RawJson),
        ScalarForm.WrappedList => ValueSchema.ListOf(ValueSchema.Scalar(ValueKind.String), wrapped: true),
        _ => null,
    };

    private static ValueKind? FromPrimitive(Type type)
    {
        if (type == typeof(string) || type.IsEnum)
        {
            return ValueKind.String;
        }

        if (type == typeof(bool))
        {
            return ValueKind.Boolean;
        }

        if (type == typeof(int))
        {
            return ValueKind.Int32;
        }

        if (type == typeof(long))
        {
            return ValueKind.Int64;
        }

        if (type == typeof(double))
        {
            return ValueKind.Double;
        }

        if (type == typeof(byte[]))
        {
            return ValueKind.Bytes;
        }

        if (type == typeof(DateTime) || type == typeof(DateTimeOffset))
        {
            return ValueKind.Time;
        }

        if (type == typeof(TimeSpan))
        {
            return ValueKind.Duration;
        }

        if (typeof(JsonNode).IsAssignableFrom(type) || type == typeof(JsonElement))
        {
            return ValueKind.RawJson;
        }

        return type.Name switch
        {
            "Quantity" => ValueKind.Quantity,
            "IntOrString" => ValueKind.IntOrString,
            "Time" => ValueKind.Time,
            "MicroTime" => ValueKind.MicroTime,
            "Duration" => ValueKind.Duration,
            "RawExtension" or "FieldsV1" => ValueKind.RawJson,
            _ => null,
        };
    }

    private static Type? ElementOf(Type type, out bool map)
    {
        map = false;
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        if (definition == typeof(List<>) || definition == typeof(IList<>) || definition == typeof(IReadOnlyList<>))
        {
            return arguments[0];
        }

        if (definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>)
            || definition == typeof(IReadOnlyDictionary<,>) || definition == typeof(SortedDictionary<,>))
        {
            map = true;
            return arguments[1];
        }

        return null;
    }
}
