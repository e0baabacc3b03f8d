using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Patch;

/// <summary>JSON Patch (RFC 6902) with the limits that Kubernetes sets.</summary>
public static class JsonPatch
{
    /// <summary>Most operations in one patch.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>Most that all copy operations together may add, in bytes of JSON.</summary>
    public const int MaxCopySizeBytes = DecodeLimits.MaxBodySizeBytes;

    /// <summary>Applies the operations in order, all or none. The inputs are not changed.</summary>
    /// <exception cref="PatchException">An operation is malformed or does not apply.</exception>
    public static JsonNode? Apply(JsonNode? target, JsonArray patch)
    {
        if (patch.Count > MaxOperations)
        {
            throw new PatchException($"The allowed maximum operations in a JSON patch is {MaxOperations}, got {patch.Count}", PatchFailure.TooLarge);
        }

        var run = new Run(target?.DeepClone());
        foreach (var node in patch)
        {
            run.Apply(node as JsonObject
                ?? throw new PatchException($"json: cannot unmarshal {JsonTree.NameOf(node)} into Go value of type jsonpatch.Operation", PatchFailure.BadRequest));
        }

        return run.Document;
    }

    private sealed class Run(JsonNode? document)
    {
        private long _copiedBytes;

        internal JsonNode? Document { get; private set; } = document;

        internal void Apply(JsonObject operation)
        {
            var op = Text(operation, "op");
            var path = JsonPointer.Parse(Text(operation, "path"));
            switch (op)
            {
                case "add":
                    Add(op, path, Value(operation));
                    break;
                case "remove":
                    Remove(op, path);
                    break;
                case "replace":
                    Replace(path, Value(operation));
                    break;
                case "move":
                    Move(JsonPointer.Parse(Text(operation, "from")), path);
                    break;
                case "copy":
                    Copy(JsonPointer.Parse(Text(operation, "from")), path);
                    break;
                case "test":
                    Test(path, Value(operation));
                    break;
                default:
                    throw new PatchException("Unexpected kind: " + op, PatchFailure.Unprocessable);
            }
        }

        private static string Text(JsonObject operation, string name) =>
            operation[name] is JsonValue value && value.TryGetValue<string>(out var text)
                ? text
                : throw new PatchException($"operation without a {GoText.Quote(name)} that is a string", PatchFailure.Unprocessable);

        private static JsonNode? Value(JsonObject operation) => operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw new PatchException("operation without a \"value\"", PatchFailure.Unprocessable);

        private void Add(string op, JsonPointer path, JsonNode? value)
        {
            if (path.Depth + DepthOf(value) > DecodeLimits.MaxDepth)
            {
                throw new PatchException("exceeded max depth", PatchFailure.Unprocessable);
            }

            if (path.IsRoot)
            {
                Document = value;
                return;
            }

            switch (path.FindParent(Document))
            {
                case JsonObject parent:
                    parent[path.Last] = value;
                    break;
                case JsonArray list when path.Last == "-":
                    list.Add(value);
                    break;
                case JsonArray list when JsonPointer.TryIndex(path.Last, list.Count + 1, list.Count, out var index):
                    list.Insert(index, value);
                    break;
                default:
                    throw Missing(op, path);
            }
        }

        private JsonNode? Remove(string op, JsonPointer path)
        {
            if (path.IsRoot)
            {
                var all = Document;
                Document = null;
                return all;
            }

            switch (path.FindParent(Document))
            {
                case JsonObject parent when parent.TryGetPropertyValue(path.Last, out var value):
                    parent.Remove(path.Last);
                    return value;
                case JsonArray list when JsonPointer.TryIndex(path.Last, list.Count, list.Count - 1, out var index):
                    var item = list[index];
                    list.RemoveAt(index);
                    return item;
                default:
                    throw Missing(op, path);
            }
        }

        private void Replace(JsonPointer path, JsonNode? value)
        {
            if (!path.TryFind(Document, out _))
            {
                throw Missing("replace", path);
            }

            if (!path.IsRoot && path.FindParent(Document) is JsonArray list && JsonPointer.TryIndex(path.Last, list.Count, list.Count - 1, out var index))
            {
                list[index] = value;
                return;
            }

            Add("replace", path, value);
        }

        private void Move(JsonPointer from, JsonPointer path)
        {
            if (from.IsProperPrefixOf(path))
            {
                throw new PatchException($"cannot move {from} into itself", PatchFailure.Unprocessable);
            }

            Add("move", path, Remove("move", from));
        }

        private void Copy(JsonPointer from, JsonPointer path)
        {
            if (!from.TryFind(Document, out var value))
            {
                throw Missing("copy", from);
            }

            _copiedBytes += JsonTree.ToBytes(value).Length;
            if (_copiedBytes > MaxCopySizeBytes)
            {
                throw new PatchException(
                    $"unable to complete the copy, the accumulated size increase of copy is {_copiedBytes}, exceeding the limit {MaxCopySizeBytes}", PatchFailure.Unprocessable);
            }

            Add("copy", path, value?.DeepClone());
        }

        private void Test(JsonPointer path, JsonNode? expected)
        {
            // A test for null passes on an absent member too, as Kubernetes' library has it.
            var found = path.TryFind(Document, out var actual);
            if ((!found && expected is not null) || !JsonNode.DeepEquals(actual, expected))
            {
                throw new PatchException($"testing value {path} failed", PatchFailure.Unprocessable);
            }
        }

        private static PatchException Missing(string op, JsonPointer path) =>
            new($"{op} operation does not apply: doc is missing path: {GoText.Quote(path.ToString())}: missing value", PatchFailure.Unprocessable);

        private static int DepthOf(JsonNode? node) => node switch
        {
            JsonObject obj => 1 + obj.Select(p => DepthOf(p.Value)).DefaultIfEmpty().Max(),
            JsonArray list => 1 + list.Select(DepthOf).DefaultIfEmpty().Max(),
            _ => 0,
        };
    }
}
