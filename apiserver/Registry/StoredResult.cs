using System.Text.Json.Nodes;

namespace Kube.ApiServer.Registry;

/// <summary>An object after a write, in the served version with its resourceVersion.</summary>
/// <param name="Object">Not to be changed.</param>
/// <param name="Created">True when the write made the object.</param>
public sealed record StoredResult(JsonObject Object, bool Created);

/// <summary>How a delete ended.</summary>
/// <param name="Object">The object as it was last, or as it now waits for its end.</param>
/// <param name="Removed">True when it is gone.</param>
public sealed record DeleteResult(JsonObject Object, bool Removed);
