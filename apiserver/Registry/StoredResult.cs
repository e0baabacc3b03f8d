using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry;

/// <summary>
/// An object after a write, in the served version with its resourceVersion. Mostly the bytes that were written: an answer in JSON needs no
/// more, and a request that waits for the store holds no tree meanwhile. For one thread at a time.
/// </summary>
public sealed class StoredResult
{
    private readonly ReadOnlyMemory<byte> _json;
    private JsonObject? _object;

    /// <param name="obj">Not to be changed any more.</param>
    /// <param name="created">True when the write made the object.</param>
    public StoredResult(JsonObject obj, bool created)
    {
        (_object, Created) = (obj, created);
        Name = new ObjectAccessor(obj).Name;
    }

    internal StoredResult(string name, ReadOnlyMemory<byte> json, bool created) => (Name, _json, Created) = (name, json, created);

    /// <summary>The object's name.</summary>
    public string Name { get; }

    /// <summary>True when the write made the object.</summary>
    public bool Created { get; }

    /// <summary>The object; not to be changed.</summary>
    public JsonObject Object => _object ??= ObjectJson.Decode(_json.Span);

    /// <summary>The object's bytes.</summary>
    public ReadOnlyMemory<byte> Json => _json.IsEmpty ? ObjectJson.Encode(Object) : _json;
}

/// <summary>How a delete ended.</summary>
/// <param name="Object">The object as it was last, or as it now waits for its end.</param>
/// <param name="Removed">True when it is gone.</param>
public sealed record DeleteResult(JsonObject Object, bool Removed);
