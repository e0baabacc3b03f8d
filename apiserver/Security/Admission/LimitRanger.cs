using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Quotas;
using Kube.Api.Values;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Holds pods and claims to the limit ranges of their namespace: containers that ask for nothing get the range's
/// defaults, and what is then outside its bounds is refused, with every bound that it breaks.
/// </summary>
internal sealed class LimitRanger(ResourceRegistry registry) : IMutatingAdmission, IValidatingAdmission
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public bool Handles(AdmissionRequest request) => request switch
    {
        { Group: "", Resource: "pods", Subresource: "", Operation: AdmissionOperation.Create } => true,
        { Group: "", Resource: "persistentvolumeclaims", Subresource: "", Operation: AdmissionOperation.Create or AdmissionOperation.Update } => true,
        _ => false,
    };

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Resource: "pods", Object: { } pod } && pod["spec"] is JsonObject spec)
        {
            foreach (var range in RangesOf(request))
            {
                FillIn(pod, spec, ItemsOf(range, "Container"));
            }
        }

        return default;
    }

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object?["spec"] is not JsonObject spec)
        {
            return default;
        }

        foreach (var range in RangesOf(request))
        {
            var faults = request.Resource == "pods" ? PodFaults(spec, range) : ClaimFaults(spec, range);
            var distinct = faults.Distinct().ToList();
            if (distinct.Count > 0)
            {
                var why = distinct.Count == 1 ? distinct[0] : $"[{string.Join(", ", distinct)}]";
                throw new KubeStatusException(KubeStatus.Forbidden("", request.Resource, request.Name, why));
            }
        }

        return default;
    }

    private IEnumerable<JsonObject> RangesOf(AdmissionRequest request) => registry.Get("", "v1", "limitranges").ListCached(request.Namespace);

    private static IEnumerable<JsonObject> ItemsOf(JsonObject range, string type) =>
        (range["spec"]?["limits"] as JsonArray ?? []).OfType<JsonObject>().Where(item => ObjectAccessor.Text(item, "type") == type);

    private static void FillIn(JsonObject pod, JsonObject spec, IEnumerable<JsonObject> items)
    {
        var filled = new List<string>();
        foreach (var item in items)
        {
            foreach (var (field, type) in new[] { ("containers", "container"), ("initContainers", "init container") })
            {
                foreach (var container in ResourceAmounts.Containers(spec, field))
                {
                    FillIn(container, "requests", "request", item["defaultRequest"] as JsonObject ?? [], type, filled);
                    FillIn(container, "limits", "limit", item["default"] as JsonObject ?? [], type, filled);
                }
            }
        }

        if (filled.Count > 0)
        {
            var metadata = new ObjectAccessor(pod).Metadata;
            metadata["annotations"] ??= new JsonObject();
            metadata["annotations"]![Annotation] = "LimitRanger plugin set: " + string.Join("; ", filled);
        }
    }

    private static void FillIn(JsonObject container, string kind, string word, JsonObject defaults, string type, List<string> filled)
    {
        var names = new List<string>();
        foreach (var (name, amount) in defaults)
        {
            var resources = (JsonObject)(container["resources"] ??= new JsonObject());
            var amounts = (JsonObject)(resources[kind] ??= new JsonObject());
            if (!amounts.ContainsKey(name))
            {
                amounts[name] = amount?.DeepClone();
                names.Add(name);
            }
        }

        if (names.Count > 0)
        {
            filled.Add($"{string.Join(", ", names.Order(StringComparer.Ordinal))} {word} for {type} {ObjectAccessor.Text(container, "name")}");
        }
    }

    private static IEnumerable<string> PodFaults(JsonObject spec, JsonObject range)
    {
        foreach (var item in ItemsOf(range, "Container"))
        {
            foreach (var container in ResourceAmounts.Containers(spec, "containers").Concat(ResourceAmounts.Containers(spec, "initContainers")))
            {
                var resources = container["resources"];
                foreach (var fault in Faults("Container", item, ResourceAmounts.Read(resources?["requests"]), ResourceAmounts.Read(resources?["limits"])))
                {
                    yield return fault;
                }
            }
        }

        foreach (var item in ItemsOf(range, "Pod"))
        {
            foreach (var fault in Faults("Pod", item, ResourceAmounts.OfPod(spec, "requests"), ResourceAmounts.OfPod(spec, "limits")))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> ClaimFaults(JsonObject spec, JsonObject range)
    {
        const string type = "PersistentVolumeClaim";
        var requests = ResourceAmounts.Read(spec["resources"]?["requests"]);
        foreach (var item in ItemsOf(range, type))
        {
            foreach (var (bound, word, outside) in new (string, string, Func<Quantity, Quantity, bool>)[] { ("min", "minimum", (r, b) => r < b), ("max", "maximum", (r, b) => r > b) })
            {
                foreach (var (name, limit) in ResourceAmounts.Read(item[bound]))
                {
                    if (!requests.TryGetValue(name, out var request))
                    {
                        yield return $"{word} {name} usage per {type} is {limit}.  No request is specified";
                    }
                    else if (outside(request, limit))
                    {
                        yield return $"{word} {name} usage per {type} is {limit}, but request is {request}";
                    }
                }
            }
        }
    }

    private static IEnumerable<string> Faults(string type, JsonObject item, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        foreach (var (name, minimum) in ResourceAmounts.Read(item["min"]))
        {
            if (Below(type, name, minimum, requests, limits) is { } fault)
            {
                yield return fault;
            }
        }

        foreach (var (name, maximum) in ResourceAmounts.Read(item["max"]))
        {
            if (Above(type, name, maximum, requests, limits) is { } fault)
            {
                yield return fault;
            }
        }

        foreach (var (name, ratio) in ResourceAmounts.Read(item["maxLimitRequestRatio"]))
        {
            if (TooFarApart(type, name, ratio, requests, limits) is { } fault)
            {
                yield return fault;
            }
        }
    }

    private static string? Below(string type, string name, Quantity minimum, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        var head = $"minimum {name} usage per {type} is {minimum}";
        if (!requests.TryGetValue(name, out var request))
        {
            return head + ".  No request is specified";
        }

        return request < minimum ? $"{head}, but request is {request}"
            : limits.TryGetValue(name, out var limit) && limit < minimum ? $"{head}, but limit is {limit}"
            : null;
    }

    private static string? Above(string type, string name, Quantity maximum, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        var head = $"maximum {name} usage per {type} is {maximum}";
        if (!limits.TryGetValue(name, out var limit))
        {
            return head + ".  No limit is specified";
        }

        return limit > maximum ? $"{head}, but limit is {limit}"
            : requests.TryGetValue(name, out var request) && request > maximum ? $"{head}, but request is {request}"
            : null;
    }

    private static string? TooFarApart(string type, string name, Quantity ratio, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        var head = $"{name} max limit to request ratio per {type} is {ratio}";
        if (!requests.TryGetValue(name, out var request) || request.IsZero)
        {
            return head + ", but no request is specified or request is 0";
        }

        if (!limits.TryGetValue(name, out var limit) || limit.IsZero)
        {
            return head + ", but no limit is specified or limit is 0";
        }

        var observed = limit.ToDouble() / request.ToDouble();
        return observed > ratio.ToDouble() ? string.Create(CultureInfo.InvariantCulture, $"{head}, but provided ratio is {observed:F6}") : null;
    }
}
