using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>Claims on volumes and the storage they ask for, in all and by storage class.</summary>
internal sealed class ClaimUsage() : UsageEvaluator("", "persistentvolumeclaims")
{
    private const string Claims = "persistentvolumeclaims";
    private const string Storage = "requests.storage";
    private const string ClassInfix = ".storageclass.storage.k8s.io/";

    public static ClaimUsage Instance { get; } = new();

    public override bool Handles(QuotaOperation operation, string subresource, JsonObject obj, JsonObject? old) => subresource switch
    {
        "" => true,
        "status" => !JsonNode.DeepEquals(Allocated(obj), Allocated(old)),
        _ => false,
    };

    public override bool Tracks(string name) => name is Claims or Storage || name == CountName
        || name.EndsWith(ClassInfix + Claims, StringComparison.Ordinal) || name.EndsWith(ClassInfix + Storage, StringComparison.Ordinal);

    public override Dictionary<string, Quantity> Usage(JsonObject obj, DateTimeOffset now)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [Claims] = new(1), [CountName] = new(1) };
        var storageClass = obj.Map("metadata").Map("annotations").Text("volume.beta.kubernetes.io/storage-class") ?? obj.Map("spec").Text("storageClassName") ?? "";
        if (storageClass.Length > 0)
        {
            usage[storageClass + ClassInfix + Claims] = new(1);
        }

        if (StorageOf(obj) is { } storage)
        {
            usage[Storage] = storage;
            if (storageClass.Length > 0)
            {
                usage[storageClass + ClassInfix + Storage] = storage;
            }
        }

        return usage;
    }

    /// <summary>Whole bytes: what is asked for, or what is already allocated when that is more.</summary>
    private static Quantity? StorageOf(JsonObject claim)
    {
        if (!Quantity.TryParse(claim.Map("spec").Map("resources").Map("requests").Text("storage"), out var request))
        {
            return null;
        }

        return Quantity.TryParse(Allocated(claim)?.ToString(), out var allocated) && allocated > request ? Whole(allocated) : Whole(request);
    }

    private static Quantity Whole(Quantity amount) => new Quantity(amount.Value(), amount.Format) is var whole && whole == amount ? amount : whole;

    private static JsonNode? Allocated(JsonObject? claim) => claim.Map("status").Map("allocatedResources")?["storage"];
}
