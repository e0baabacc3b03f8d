using System.Text.Json.Nodes;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Registry.Strategies;

/// <summary>
/// Jobs: a new one gets labels for its pods and a selector of them that no other job has, unless it says that it
/// brings its own. Where what it brings contradicts them, validation refuses it.
/// </summary>
internal sealed class JobStrategy : ResourceStrategy
{
    private const string UidLabel = "batch.kubernetes.io/controller-uid";
    private static readonly string[] NameLabels = ["job-name", "batch.kubernetes.io/job-name"];
    private static readonly string[] UidLabels = ["controller-uid", UidLabel];

    public override bool HasGeneration => true;

    public override IReadOnlyList<SelectableField> SelectableFields { get; } = [new("status.successful", "status.succeeded", "0")];

    public override void PrepareForCreate(JsonObject obj)
    {
        base.PrepareForCreate(obj);
        if (obj["spec"] is not JsonObject spec || ObjectAccessor.Flag(spec, "manualSelector") == true)
        {
            return;
        }

        var job = new ObjectAccessor(obj);
        var labels = Part(Part(Part(spec, "template"), "metadata"), "labels");
        Fill(labels, NameLabels, job.Name);
        Fill(labels, UidLabels, job.Uid);
        Fill(Part(Part(spec, "selector"), "matchLabels"), [UidLabel], job.Uid);
    }

    private static void Fill(JsonObject labels, IEnumerable<string> names, string value)
    {
        foreach (var name in names.Where(name => !labels.ContainsKey(name)))
        {
            labels[name] = value;
        }
    }

    private static JsonObject Part(JsonObject obj, string name)
    {
        if (obj[name] is not JsonObject part)
        {
            obj[name] = part = [];
        }

        return part;
    }
}
