using System.Text.Json.Nodes;

namespace Kube.ApiServer.Admission;

/// <summary>
/// The forms in which a request may be seen: as it came, and in the other versions in which the same objects are served. Rules that
/// mean one of them mean the request, unless they ask for an exact match. For one thread at a time.
/// </summary>
/// <param name="request">The request as it came.</param>
/// <param name="others">Makes the other forms; asked at most once, and only when the request itself is not meant.</param>
public sealed class RequestForms(AdmissionRequest request, Func<AdmissionRequest, IReadOnlyList<AdmissionRequest>> others)
{
    private IReadOnlyList<AdmissionRequest>? _others;

    /// <summary>The request as it came.</summary>
    public AdmissionRequest Request => request;

    /// <summary>The form of the request that the rules of constraints mean; null when they mean none.</summary>
    /// <param name="constraints">Rules, and the policy by which they match.</param>
    /// <param name="field">The rules' field: resourceRules, excludeResourceRules.</param>
    public AdmissionRequest? Meant(JsonObject? constraints, string field)
    {
        var rules = constraints?[field] as JsonArray;
        if (rules is null or { Count: 0 })
        {
            return null;
        }

        if (RuleMatching.AnyMatches(rules, request))
        {
            return request;
        }

        if (constraints!["matchPolicy"] is JsonValue policy && policy.TryGetValue<string>(out var text) && text == "Exact")
        {
            return null;
        }

        _others ??= others(request);
        return _others.FirstOrDefault(form => RuleMatching.AnyMatches(rules, form));
    }
}
