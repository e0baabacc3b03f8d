using System.Text.Json.Nodes;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>What of a write decides whether it can change what a quota counts.</summary>
public enum QuotaOperation
{
    Create,
    Update,
}

/// <summary>
/// How much an object of one resource uses of a quota. Immutable and pure: admission charges by it, and the quota
/// controller counts by it.
/// </summary>
public abstract class UsageEvaluator(string group, string resource)
{
    public string Group => group;

    /// <summary>Plural name.</summary>
    public string Resource => resource;

    /// <summary>The quota's name for the number of stored objects: count/deployments.apps.</summary>
    public string CountName { get; } = "count/" + (group.Length == 0 ? resource : resource + "." + group);

    /// <summary>True when a write through a subresource ("" for the object itself) may change what is used.</summary>
    /// <param name="operation">Create or update.</param>
    /// <param name="subresource">Empty for the object itself.</param>
    /// <param name="obj">The object as it will be.</param>
    /// <param name="old">The object as it was; null on create.</param>
    public virtual bool Handles(QuotaOperation operation, string subresource, JsonObject obj, JsonObject? old) =>
        operation == QuotaOperation.Create && subresource.Length == 0;

    /// <summary>True when this resource's objects use the named bound of a quota.</summary>
    public abstract bool Tracks(string name);

    /// <summary>True when the object meets a scope. No scope holds of what scopes do not know.</summary>
    public virtual bool Matches(QuotaScope scope, JsonObject obj) => false;

    /// <summary>What the object must say and does not, given the bounds that it falls under; null when nothing is missing.</summary>
    public virtual string? Missing(IReadOnlySet<string> bounds, JsonObject obj) => null;

    /// <summary>What the object uses.</summary>
    public abstract Dictionary<string, Quantity> Usage(JsonObject obj, DateTimeOffset now);

    /// <summary>The evaluator of a resource. What has none of its own is counted.</summary>
    public static UsageEvaluator For(string group, string resource) => (group, resource) switch
    {
        ("", "pods") => PodUsage.Instance,
        ("", "services") => ServiceUsage.Instance,
        ("", "persistentvolumeclaims") => ClaimUsage.Instance,
        ("", "configmaps" or "secrets" or "replicationcontrollers" or "resourcequotas") => new ObjectCountUsage(group, resource, resource),
        _ => new ObjectCountUsage(group, resource, null),
    };
}

/// <summary>Counts objects.</summary>
/// <param name="alias">An older name of the count, without the prefix; null when there is none.</param>
internal sealed class ObjectCountUsage(string group, string resource, string? alias) : UsageEvaluator(group, resource)
{
    public override bool Tracks(string name) => name == CountName || (alias is not null && name == alias);

    public override Dictionary<string, Quantity> Usage(JsonObject obj, DateTimeOffset now)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [CountName] = new(1) };
        if (alias is not null)
        {
            usage[alias] = new(1);
        }

        return usage;
    }
}
