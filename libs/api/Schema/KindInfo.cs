using System.Reflection;

namespace Kube.Api.Schema;

/// <summary>What the API serves for one kind. Immutable.</summary>
public sealed class KindInfo
{
    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private readonly Lazy<ObjectSchema> _listSchema;

    public KindInfo(Type type, KindAttribute attribute, Func<ObjectSchema> listMeta)
    {
        ClrType = type;
        Group = attribute.Group;
        Version = attribute.Version;
        Kind = attribute.Kind ?? type.Name;
        Plural = attribute.Plural;
        Singular = attribute.Singular ?? Kind.ToLowerInvariant();
        Namespaced = attribute.Namespaced;
        ShortNames = Split(attribute.ShortNames);
        Categories = Split(attribute.Categories);
        Verbs = attribute.Verbs is null ? AllVerbs : Split(attribute.Verbs);
        Subresources = Split(attribute.Subresources);
        Schema = ObjectSchema.For(type);
        _listSchema = new Lazy<ObjectSchema>(() => ListSchemaOf(Schema, Kind, listMeta));
    }

    public Type ClrType { get; }

    public string Group { get; }

    public string Version { get; }

    public string Kind { get; }

    public string ListKind => Kind + "List";

    /// <summary>Resource name in paths.</summary>
    public string Plural { get; }

    public string Singular { get; }

    public bool Namespaced { get; }

    public IReadOnlyList<string> ShortNames { get; }

    public IReadOnlyList<string> Categories { get; }

    public IReadOnlyList<string> Verbs { get; }

    public IReadOnlyList<string> Subresources { get; }

    public ObjectSchema Schema { get; }

    /// <summary>Schema of the list kind: {metadata, items}.</summary>
    public ObjectSchema ListSchema => _listSchema.Value;

    /// <summary>"v1" or "apps/v1".</summary>
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    public GroupVersionKind GroupVersionKind => new(Group, Version, Kind);

    public override string ToString() => GroupVersionKind.ToString();

    private static string[] Split(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static ObjectSchema ListSchemaOf(ObjectSchema item, string kind, Func<ObjectSchema> listMeta) =>
        new(kind + "List", item.Package, () =>
        [
            new FieldSchema { Name = "apiVersion", Value = ValueSchema.Scalar(ValueKind.String) },
            new FieldSchema { Name = "kind", Value = ValueSchema.Scalar(ValueKind.String) },
            new FieldSchema { Name = "metadata", Number = 1, Value = ValueSchema.OfObject(listMeta), Description = "Standard list metadata." },
            new FieldSchema
            {
                Name = "items",
                Number = 2,
                Required = true,
                Value = ValueSchema.ListOf(ValueSchema.OfObject(() => item)),
                Description = "The objects of the list.",
            },
        ]);
}
