using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>A resource quota as admission and the quota controller compute with it. Immutable.</summary>
/// <param name="Name">The quota's name.</param>
/// <param name="Scopes">What an object must meet to be counted.</param>
/// <param name="Hard">The bounds in force: those of the status.</param>
/// <param name="Used">What is used of them.</param>
public sealed record Quota(string Name, IReadOnlyList<QuotaScope> Scopes, IReadOnlyDictionary<string, Quantity> Hard, IReadOnlyDictionary<string, Quantity> Used)
{
    /// <summary>Reads a quota's object.</summary>
    public static Quota Of(JsonObject quota) => new(
        quota.Map("metadata").Text("name") ?? "",
        QuotaScope.Of(quota),
        ResourceAmounts.Read(quota.Map("status")?["hard"]),
        ResourceAmounts.Read(quota.Map("status")?["used"]));

    /// <summary>True when the quota bounds something that the object's resource uses, and the object meets every scope.</summary>
    public bool Matches(UsageEvaluator evaluator, JsonObject obj) =>
        Hard.Keys.Any(evaluator.Tracks) && Scopes.All(scope => evaluator.Matches(scope, obj));
}
