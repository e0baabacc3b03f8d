using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>A strategy whose differences are all settings.</summary>
internal sealed class ConfiguredStrategy(
    bool generation = false,
    bool createOnUpdate = false,
    bool unconditionalUpdate = true,
    bool returnsDeletedObject = false,
    bool statusOnWrite = false,
    TimeSpan? timeToLive = null,
    params SelectableField[] fields) : ResourceStrategy
{
    public override bool HasGeneration => generation;

    public override bool AllowCreateOnUpdate => createOnUpdate;

    public override bool AllowUnconditionalUpdate => unconditionalUpdate;

    public override bool ReturnsDeletedObject => returnsDeletedObject;

    public override bool StatusIsPartOfObject => statusOnWrite;

    public override TimeSpan? TimeToLive => timeToLive;

    public override IReadOnlyList<SelectableField> SelectableFields => fields;
}

/// <summary>Nodes: registered with their status by the kubelet; only the status subresource changes it afterwards.</summary>
internal sealed class NodeStrategy : ResourceStrategy
{
    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("spec.unschedulable", "spec.unschedulable", "false")];

    public override void PrepareForCreate(JsonObject obj)
    {
    }
}

/// <summary>Secrets: an empty type means Opaque, stringData is written into data and not kept.</summary>
internal sealed class SecretStrategy : ResourceStrategy
{
    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("type")];

    public override void PrepareForCreate(JsonObject obj) => MergeStringData(obj);

    public override void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        MergeStringData(obj);
        if (ObjectAccessor.Text(obj, "type").Length == 0)
        {
            Copy(old, obj, "type");
        }
    }

    private static void MergeStringData(JsonObject obj)
    {
        if (obj["stringData"] is not JsonObject text)
        {
            return;
        }

        if (obj["data"] is not JsonObject data)
        {
            data = [];
            obj["data"] = data;
        }

        foreach (var (name, value) in text)
        {
            data[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value?.GetValue<string>() ?? ""));
        }

        obj.Remove("stringData");
    }
}
