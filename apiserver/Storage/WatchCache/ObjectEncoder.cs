using System.Buffers.Text;
using System.Text.Json;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>
/// Turns a stored value into a <see cref="CachedObject"/> in one pass over its bytes: finds the selectable fields and
/// the place in metadata where the resourceVersion goes. Immutable and thread-safe.
/// </summary>
internal sealed class ObjectEncoder
{
    private const int NameSlot = -1;
    private const int NamespaceSlot = -2;

    private static readonly TextPool Repeated = new();

    private readonly FieldNode _root;
    private readonly IReadOnlyList<SelectableField> _fields;

    public ObjectEncoder(IReadOnlyList<SelectableField> fields)
    {
        _fields = fields;
        _root = new FieldNode();
        for (var i = 0; i < fields.Count; i++)
        {
            _root.Add(fields[i].Path, i);
        }

        _root.Add("metadata.name", NameSlot);
        _root.Add("metadata.namespace", NamespaceSlot);
    }

    /// <summary>The selectable fields, in the order of <see cref="CachedObject.Fields"/>.</summary>
    public IReadOnlyList<SelectableField> Fields => _fields;

    /// <summary>Reads a stored value.</summary>
    /// <exception cref="JsonException">The value is not a JSON object with a metadata object that has a name.</exception>
    public CachedObject Encode(string key, ReadOnlySpan<byte> stored, long revision)
    {
        var scan = new Scan(new string?[_fields.Count]);
        var reader = new Utf8JsonReader(stored);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("stored value is not a JSON object");
        }

        Walk(ref reader, _root, ref scan, depth: 0, stored);
        if (scan.Splice == 0 || scan.Name is null)
        {
            throw new JsonException("stored object has no metadata.name");
        }

        for (var i = 0; i < scan.Fields.Length; i++)
        {
            scan.Fields[i] ??= _fields[i].Absent;
        }

        var json = Splice(stored, scan.Splice, scan.MetadataEmpty, revision);
        var labels = scan.Labels is { Count: > 0 } found ? new LabelSet([.. found]) : LabelSet.Empty;
        return new CachedObject(key, json, revision, scan.Namespace, scan.Name, labels, scan.Fields);
    }

    /// <summary>The stored value with a resourceVersion in its metadata.</summary>
    public static byte[] WithRevision(ReadOnlySpan<byte> stored, long revision)
    {
        var reader = new Utf8JsonReader(stored);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                var splice = (int)reader.BytesConsumed;
                reader.Read();
                return Splice(stored, splice, reader.TokenType == JsonTokenType.EndObject, revision);
            }

            reader.Skip();
        }

        throw new JsonException("stored object has no metadata");
    }

    private static byte[] Splice(ReadOnlySpan<byte> stored, int at, bool metadataEmpty, long revision)
    {
        Span<byte> insert = stackalloc byte[48];
        "\"resourceVersion\":\""u8.CopyTo(insert);
        Utf8Formatter.TryFormat(revision, insert[19..], out var digits);
        var length = 19 + digits;
        insert[length++] = (byte)'"';
        if (!metadataEmpty)
        {
            insert[length++] = (byte)',';
        }

        var json = GC.AllocateUninitializedArray<byte>(stored.Length + length);
        stored[..at].CopyTo(json);
        insert[..length].CopyTo(json.AsSpan(at));
        stored[at..].CopyTo(json.AsSpan(at + length));
        return json;
    }

    private static void Walk(ref Utf8JsonReader reader, FieldNode node, ref Scan scan, int depth, ReadOnlySpan<byte> stored)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = depth == 0 && reader.ValueTextEquals("metadata"u8);
            var isLabels = depth == 1 && scan.InMetadata && reader.ValueTextEquals("labels"u8);
            var child = node.Find(ref reader);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                if (isMetadata)
                {
                    var peek = reader;
                    scan.Splice = (int)reader.BytesConsumed;
                    peek.Read();
                    scan.MetadataEmpty = peek.TokenType == JsonTokenType.EndObject;
                }

                if (isLabels)
                {
                    scan.Labels = ReadLabels(ref reader);
                }
                else if (child is not null)
                {
                    scan.InMetadata = isMetadata;
                    Walk(ref reader, child, ref scan, depth + 1, stored);
                    scan.InMetadata = false;
                }
                else
                {
                    reader.Skip();
                }
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Skip();
            }
            else if (child is { HasSlot: true })
            {
                scan.Set(child.Slots, Scalar(ref reader));
            }
        }
    }

    private static string? Scalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        _ => null,
    };

    private static List<KeyValuePair<string, string>> ReadLabels(ref Utf8JsonReader reader)
    {
        var labels = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Label keys repeat across objects: a hundred thousand objects share them.
            var key = Repeated.Share(reader.GetString()!);
            reader.Read();
            labels.Add(new(key, reader.GetString() ?? ""));
        }

        return labels;
    }

    private ref struct Scan(string?[] fields)
    {
        public readonly string?[] Fields = fields;
        public int Splice;
        public bool MetadataEmpty;
        public bool InMetadata;
        public string? Name;
        public string? Namespace;
        public List<KeyValuePair<string, string>>? Labels;

        public void Set(List<int> slots, string? value)
        {
            foreach (var slot in slots)
            {
                switch (slot)
                {
                    case NameSlot:
                        Name = value;
                        break;
                    case NamespaceSlot:
                        Namespace = value is null ? null : Repeated.Share(value);
                        break;
                    default:
                        Fields[slot] = value;
                        break;
                }
            }
        }
    }

    /// <summary>A name on the way to a selectable field.</summary>
    private sealed class FieldNode
    {
        private readonly List<(byte[] Name, FieldNode Node)> _children = [];

        public List<int> Slots { get; } = [];

        public bool HasSlot => Slots.Count > 0;

        public void Add(string path, int slot)
        {
            var node = this;
            foreach (var part in path.Split('.'))
            {
                var name = System.Text.Encoding.UTF8.GetBytes(part);
                var child = node._children.Find(c => c.Name.AsSpan().SequenceEqual(name)).Node;
                if (child is null)
                {
                    child = new FieldNode();
                    node._children.Add((name, child));
                }

                node = child;
            }

            node.Slots.Add(slot);
        }

        public FieldNode? Find(ref Utf8JsonReader reader)
        {
            foreach (var (name, node) in _children)
            {
                if (reader.ValueTextEquals(name))
                {
                    return node;
                }
            }

            return null;
        }
    }
}
