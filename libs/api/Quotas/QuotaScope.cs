using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Quotas;

/// <summary>A condition that an object must meet to be counted by a quota.</summary>
/// <param name="Name">Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass or CrossNamespacePodAffinity.</param>
/// <param name="Operator">In, NotIn, Exists or DoesNotExist.</param>
/// <param name="Values">Values of In and NotIn.</param>
public sealed record QuotaScope(string Name, string Operator, IReadOnlyList<string> Values)
{
    /// <summary>The scopes of a quota: those of spec.scopes, which must exist, and those of spec.scopeSelector.</summary>
    public static IReadOnlyList<QuotaScope> Of(JsonObject quota)
    {
        var spec = quota.Map("spec");
        return
        [
            .. spec.Texts("scopes").Select(name => new QuotaScope(name, "Exists", [])),
            .. spec.Map("scopeSelector").Items("matchExpressions")
                .Select(e => new QuotaScope(e.Text("scopeName") ?? "", e.Text("operator") ?? "", [.. e.Texts("values")])),
        ];
    }

    /// <summary>True when a value fits, as a label of that value would fit a label selector's requirement.</summary>
    /// <param name="value">Empty when the object has none.</param>
    public bool Matches(string value) => Operator switch
    {
        "In" => value.Length > 0 && Values.Contains(value),
        "NotIn" => value.Length == 0 || !Values.Contains(value),
        "Exists" => value.Length > 0,
        "DoesNotExist" => value.Length == 0,
        _ => false,
    };
}
