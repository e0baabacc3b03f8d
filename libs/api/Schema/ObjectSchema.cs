using System.Collections.Concurrent;
using System.Collections.Frozen;
using Kube.Base;

namespace Kube.Api.Schema;

/// <summary>
/// The schema of an object: its fields by JSON name and by protobuf number. Built from a C# type's attributes
/// when first needed, or from fields given at run time (a custom resource). Immutable to its users; safe for
/// any number of threads.
/// </summary>
public sealed class ObjectSchema
{
    private static readonly ConcurrentDictionary<Type, ObjectSchema> ByType = new();

    private readonly Lazy<Parts> _parts;

    private ObjectSchema(string name, string package, Type? clrType, Func<ObjectSchema, Parts> build)
    {
        Name = name;
        Package = package;
        ClrType = clrType;
        _parts = new Lazy<Parts>(() => build(this));
    }

    /// <summary>A schema given at run time.</summary>
    public ObjectSchema(string name, string package, Func<IReadOnlyList<FieldSchema>> fields, bool preserveUnknownFields = false)
        : this(name, package, null, _ => Parts.Of(fields()))
    {
        PreserveUnknownFields = preserveUnknownFields;
    }

    /// <summary>The type's name: PodSpec.</summary>
    public string Name { get; }

    /// <summary>Group and version part of the type's full name: "core.v1", "meta.v1".</summary>
    public string Package { get; }

    /// <summary>The C# type behind the schema; null when it came at run time.</summary>
    public Type? ClrType { get; }

    /// <summary>True when fields that the schema doesn't know are kept and not complained about.</summary>
    public bool PreserveUnknownFields { get; }

    /// <summary>True when server-side apply treats the object as one value.</summary>
    public bool Atomic => _parts.Value.Atomic;

    /// <summary>All fields as JSON shows them, inlined ones included, in declaration order.</summary>
    public IReadOnlyList<FieldSchema> Fields => _parts.Value.Fields;

    /// <summary>The fields that Kubernetes' JSON shows even when they are zero.</summary>
    internal IReadOnlyList<FieldSchema> AlwaysFields => _parts.Value.Always;

    /// <summary>The fields as protobuf lays them out, in the order of their numbers.</summary>
    internal IReadOnlyList<WireField> WireFields => _parts.Value.Wire;

    /// <summary>The type as Go would print it: v1.PodSpec.</summary>
    public string GoType => Package[(Package.LastIndexOf('.') + 1)..] + "." + Name;

    /// <summary>The field of this JSON name; null when there is none.</summary>
    public FieldSchema? Find(string name) => _parts.Value.ByName.GetValueOrDefault(name);

    internal FrozenDictionary<int, WireField> WireByNumber => _parts.Value.ByNumber;

    /// <summary>The schema that a C# type's attributes describe. The same type gives the same instance.</summary>
    public static ObjectSchema For(Type type) =>
        ByType.GetOrAdd(type, static t => new ObjectSchema(t.Name, PackageOf(t), t, static s => ClrSchemaReader.Read(s.ClrType!)));

    private static string PackageOf(Type type)
    {
        const string root = "Kube.Api.";
        var ns = type.Namespace ?? "";
        return (ns.StartsWith(root, StringComparison.Ordinal) ? ns[root.Length..] : ns).ToLowerInvariant();
    }

    public override string ToString() => GoType;

    /// <summary>What is built lazily.</summary>
    internal sealed record Parts(
        IReadOnlyList<FieldSchema> Fields,
        FrozenDictionary<string, FieldSchema> ByName,
        IReadOnlyList<WireField> Wire,
        FrozenDictionary<int, WireField> ByNumber,
        IReadOnlyList<FieldSchema> Always,
        bool Atomic)
    {
        internal static Parts Of(IReadOnlyList<FieldSchema> fields, bool atomic = false)
        {
            var wire = WireLayout(fields);
            return new Parts(
                fields,
                fields.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal),
                wire,
                wire.ToFrozenDictionary(w => w.Number),
                [.. fields.Where(f => f.Always)],
                atomic);
        }

        /// <summary>Lays out the fields of one message: its own, and the nested messages whose members JSON inlines.</summary>
        private static List<WireField> WireLayout(IEnumerable<FieldSchema> fields, int level = 0)
        {
            var wire = new List<WireField>();
            foreach (var group in fields.Where(f => f.Number > 0).GroupBy(f => level == 0 ? f.Within : level == 1 ? f.Inner : 0))
            {
                if (group.Key == 0)
                {
                    wire.AddRange(group.Select(f => new WireField(f.Number, f, null)));
                    continue;
                }

                var nested = WireLayout(group, level + 1);
                wire.Add(new WireField(group.Key, null, new WireGroup(nested, nested.ToFrozenDictionary(w => w.Number))));
            }

            Sort(wire);
            return wire;
        }

        private static void Sort(List<WireField> wire)
        {
            wire.Sort((a, b) => a.Number.CompareTo(b.Number));
            for (var i = 1; i < wire.Count; i++)
            {
                Invariant.Check(wire[i - 1].Number != wire[i].Number, $"protobuf field {wire[i].Number} is given twice: {wire[i - 1]}, {wire[i]}");
            }
        }
    }
}

/// <summary>
/// A protobuf field of a message: a JSON field, or the members of an inlined struct, which stand in the parent
/// object in JSON and in a message of their own in protobuf.
/// </summary>
internal sealed record WireField(int Number, FieldSchema? Field, WireGroup? Group)
{
    public override string ToString() => Field?.Name ?? $"group {Number}";
}

/// <summary>The members of an inlined struct.</summary>
internal sealed record WireGroup(IReadOnlyList<WireField> Fields, FrozenDictionary<int, WireField> ByNumber);
