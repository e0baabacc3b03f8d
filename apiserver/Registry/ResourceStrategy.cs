using System.Text.Json.Nodes;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry;

/// <summary>
/// What sets one resource apart from the rest on its way into the store. The base class is the strategy of a plain
/// resource; an override says one difference. Pure but for <see cref="AllocateAsync"/>; thread-safe.
/// </summary>
public class ResourceStrategy
{
    /// <summary>Deletion in two steps: a mark, and the end when the grace period is over.</summary>
    public sealed record Grace(long Seconds);

    /// <summary>True when PUT of an absent object creates it.</summary>
    public virtual bool AllowCreateOnUpdate => false;

    /// <summary>True when PUT without a resourceVersion overwrites.</summary>
    public virtual bool AllowUnconditionalUpdate => true;

    /// <summary>True when metadata.generation counts the changes of everything but metadata and status.</summary>
    public virtual bool HasGeneration => false;

    /// <summary>True when the answer to a delete is the object and not a Status.</summary>
    public virtual bool ReturnsDeletedObject => false;

    /// <summary>How long the store keeps an object after its last write; null for ever.</summary>
    public virtual TimeSpan? TimeToLive => null;

    /// <summary>Fields that a field selector may name, beyond metadata.name and metadata.namespace.</summary>
    public virtual IReadOnlyList<SelectableField> SelectableFields => [];

    /// <summary>True when a client may set status with the object itself.</summary>
    public virtual bool StatusIsPartOfObject => false;

    /// <summary>Writes into a new object who asks for it, where the resource records that.</summary>
    public virtual void RecordRequester(JsonObject obj, UserInfo user)
    {
    }

    /// <summary>Brings a new object into the state that objects begin in; its metadata is done.</summary>
    public virtual void PrepareForCreate(JsonObject obj)
    {
        if (!StatusIsPartOfObject)
        {
            ResetStatus(obj);
        }
    }

    /// <summary>Takes out of an update what it may not change.</summary>
    public virtual void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        if (!StatusIsPartOfObject)
        {
            Copy(old, obj, "status");
        }
    }

    /// <summary>Takes out of a status update everything but metadata and status.</summary>
    public virtual void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        foreach (var name in old.Select(p => p.Key).Concat(obj.Select(p => p.Key)).Distinct().ToList())
        {
            if (name is not ("status" or "metadata" or "apiVersion" or "kind"))
            {
                Copy(old, obj, name);
            }
        }
    }

    /// <summary>How the object is deleted gracefully; null when it is deleted at once.</summary>
    public virtual Grace? GraceOf(JsonObject obj, DeleteRequest request) => null;

    /// <summary>
    /// Takes what the object needs from a shared pool (addresses, ports) and writes it into the object. The returned
    /// allocation is either kept or given back, according to how the write ends.
    /// </summary>
    public virtual ValueTask<IAllocation?> AllocateAsync(JsonObject obj, JsonObject? old, bool dryRun, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IAllocation?>(null);

    /// <summary>Gives back what a deleted object had.</summary>
    public virtual ValueTask ReleaseAsync(JsonObject obj, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Adds to the deletion mark what the resource shows besides, such as a phase.</summary>
    public virtual void MarkDeleting(JsonObject obj)
    {
    }

    /// <summary>True when an object with a deletion mark and no metadata.finalizers may go.</summary>
    public virtual bool MayBeRemoved(JsonObject obj) => true;

    /// <summary>Sets a status aside, as if the client had sent none.</summary>
    protected virtual void ResetStatus(JsonObject obj)
    {
        if (obj.ContainsKey("status"))
        {
            obj["status"] = new JsonObject();
        }
    }

    /// <summary>Makes a member of one object what it is in another.</summary>
    protected static void Copy(JsonObject from, JsonObject to, string name)
    {
        if (from.TryGetPropertyValue(name, out var value))
        {
            to[name] = value?.DeepClone();
        }
        else
        {
            to.Remove(name);
        }
    }
}

/// <summary>Something taken from a pool for a write that has not happened yet.</summary>
public interface IAllocation
{
    /// <summary>The write did not happen: gives it back.</summary>
    ValueTask RollBackAsync();

    /// <summary>The write happened: gives back what the object had before and no longer has.</summary>
    ValueTask CommitAsync();
}
