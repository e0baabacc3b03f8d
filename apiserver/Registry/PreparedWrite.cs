using System.Globalization;
using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry;

/// <summary>An object that has passed all that comes before its write, encoded.</summary>
internal sealed class PreparedWrite
{
    public required string Name { get; init; }

    /// <summary>What is stored.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>The object as it is served, where its bytes do not say that: it is stored in another version, not stored at all, or ends.</summary>
    public JsonObject? Object { get; init; }

    /// <summary>True when the write is the object's end.</summary>
    public bool Ends { get; init; }

    /// <summary>What was taken for the object and is given back when it is not written.</summary>
    public IAllocation? Allocation { get; init; }

    /// <summary>The object after its write.</summary>
    public StoredResult Stored(long revision, bool created)
    {
        if (Object is null)
        {
            return new StoredResult(Name, ObjectEncoder.WithRevision(Bytes, revision), created);
        }

        new ObjectAccessor(Object).ResourceVersion = revision.ToString(CultureInfo.InvariantCulture);
        return new StoredResult(Object, created);
    }
}
