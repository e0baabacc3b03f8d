using Kube.Api.Schema;
using Kube.Cel.Types;

namespace Kube.Api.Cel;

/// <summary>Object types by name, each with its fields. Immutable.</summary>
internal sealed class DeclaredTypes(IReadOnlyDictionary<string, IReadOnlyDictionary<string, CelType>> types) : IFieldSource
{
    /// <summary>What expressions may know of the request and of its namespace (Kubernetes leaves some fields out on purpose).</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, CelType>> Admission { get; } = new Dictionary<string, IReadOnlyDictionary<string, CelType>>(StringComparer.Ordinal)
    {
        ["kubernetes.GroupVersionKind"] = Fields(("group", CelType.String), ("version", CelType.String), ("kind", CelType.String)),
        ["kubernetes.GroupVersionResource"] = Fields(("group", CelType.String), ("version", CelType.String), ("resource", CelType.String)),
        ["kubernetes.UserInfo"] = Fields(
            ("username", CelType.String),
            ("uid", CelType.String),
            ("groups", CelType.ListOf(CelType.String)),
            ("extra", CelType.MapOf(CelType.String, CelType.ListOf(CelType.String)))),
        ["kubernetes.AdmissionRequest"] = Fields(
            ("kind", CelType.Object("kubernetes.GroupVersionKind")),
            ("resource", CelType.Object("kubernetes.GroupVersionResource")),
            ("subResource", CelType.String),
            ("requestKind", CelType.Object("kubernetes.GroupVersionKind")),
            ("requestResource", CelType.Object("kubernetes.GroupVersionResource")),
            ("requestSubResource", CelType.String),
            ("name", CelType.String),
            ("namespace", CelType.String),
            ("operation", CelType.String),
            ("userInfo", CelType.Object("kubernetes.UserInfo")),
            ("dryRun", CelType.Bool),
            ("options", CelType.Dyn)),
        ["kubernetes.NamespaceSpec"] = Fields(("finalizers", CelType.ListOf(CelType.String))),
        ["kubernetes.NamespaceCondition"] = Fields(
            ("status", CelType.String), ("type", CelType.String), ("lastTransitionTime", CelType.Timestamp), ("message", CelType.String), ("reason", CelType.String)),
        ["kubernetes.NamespaceStatus"] = Fields(("conditions", CelType.ListOf(CelType.Object("kubernetes.NamespaceCondition"))), ("phase", CelType.String)),
        ["kubernetes.NamespaceMetadata"] = Fields(
            ("name", CelType.String),
            ("generateName", CelType.String),
            ("namespace", CelType.String),
            ("labels", CelType.MapOf(CelType.String, CelType.String)),
            ("annotations", CelType.MapOf(CelType.String, CelType.String)),
            ("UID", CelType.String),
            ("creationTimestamp", CelType.Timestamp),
            ("deletionGracePeriodSeconds", CelType.Int),
            ("deletionTimestamp", CelType.Timestamp),
            ("generation", CelType.Int),
            ("resourceVersion", CelType.String),
            ("finalizers", CelType.ListOf(CelType.String))),
        ["kubernetes.Namespace"] = Fields(
            ("metadata", CelType.Object("kubernetes.NamespaceMetadata")),
            ("spec", CelType.Object("kubernetes.NamespaceSpec")),
            ("status", CelType.Object("kubernetes.NamespaceStatus"))),
    };

    public bool HasType(string typeName) => types.ContainsKey(typeName);

    public CelType? FieldOf(string typeName, string field) => types.GetValueOrDefault(typeName)?.GetValueOrDefault(field);

    internal static IReadOnlyDictionary<string, CelType> Fields(params (string Name, CelType Type)[] fields) =>
        fields.ToDictionary(field => field.Name, field => field.Type, StringComparer.Ordinal);
}

/// <summary>Object types from the schemas of kinds, beside declared ones. Pure.</summary>
internal sealed class SchemaTypes(DeclaredTypes declared, IReadOnlyDictionary<string, ObjectSchema> roots) : IFieldSource
{
    private readonly Dictionary<string, ObjectSchema> _schemas = new(roots, StringComparer.Ordinal);

    public bool HasType(string typeName) => declared.HasType(typeName) || _schemas.ContainsKey(typeName);

    public CelType? FieldOf(string typeName, string field)
    {
        if (!_schemas.TryGetValue(typeName, out var schema))
        {
            return declared.FieldOf(typeName, field);
        }

        return schema.Fields.FirstOrDefault(f => f.Name == field) is { } found ? TypeOf(found.Value, typeName + "." + field)
            : schema.PreserveUnknownFields ? CelType.Dyn
            : null;
    }

    private CelType TypeOf(ValueSchema value, string name)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                return CelType.String;
            case ValueKind.Boolean:
                return CelType.Bool;
            case ValueKind.Int32 or ValueKind.Int64:
                return CelType.Int;
            case ValueKind.Double:
                return CelType.Double;
            case ValueKind.Bytes:
                return CelType.Bytes;
            case ValueKind.Time or ValueKind.MicroTime:
                return CelType.Timestamp;
            case ValueKind.Object:
                _schemas.TryAdd(name, value.Object!);
                return CelType.Object(name);
            case ValueKind.List:
                return CelType.ListOf(TypeOf(value.Element!, name + ".@idx"));
            case ValueKind.Map:
                return CelType.MapOf(CelType.String, TypeOf(value.Element!, name + ".@elem"));
            default:
                return CelType.Dyn;
        }
    }
}
