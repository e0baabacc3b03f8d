using System.Text.Json.Nodes;
using Kube.Kubelet.NodeStatus;
using Kube.Kubelet.PodWorkers;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Server;

/// <summary>Usage of node, pods and containers in the form of Kubernetes' stats/summary: what the runtime counts, and no more.</summary>
internal sealed class StatsSummary(ICriRuntime runtime, KubeletNode node, TimeProvider time)
{
    public async Task<string> ReadAsync(CancellationToken cancellation)
    {
        Cri.ContainerStatsFilter filter = new() { LabelSelector = { [KubeletLabels.Kubelet] = node.Name } };
        string now = Stamp(time.GetUtcNow());
        JsonArray pods = [];
        foreach (IGrouping<string, Cri.ContainerStats> pod in (await runtime.ListContainerStatsAsync(filter, cancellation)).GroupBy(Uid))
        {
            IDictionary<string, string> labels = pod.First().Attributes.Labels;
            pods.Add(new JsonObject
            {
                ["podRef"] = new JsonObject
                {
                    ["name"] = Label(labels, KubeletLabels.PodName),
                    ["namespace"] = Label(labels, KubeletLabels.PodNamespace),
                    ["uid"] = pod.Key,
                },
                ["startTime"] = now,
                ["containers"] = new JsonArray([.. pod.Select(Container)]),
                ["cpu"] = Cpu(now, pod.Sum(c => (long)(c.Cpu?.UsageCoreNanoSeconds?.Value ?? 0))),
                ["memory"] = Memory(now, pod.Sum(c => (long)(c.Memory?.WorkingSetBytes?.Value ?? 0))),
            });
        }

        return new JsonObject
        {
            ["node"] = new JsonObject
            {
                ["nodeName"] = node.Name,
                ["memory"] = new JsonObject
                {
                    ["time"] = now,
                    ["availableBytes"] = MachineFacts.AvailableMemoryBytes(),
                    ["workingSetBytes"] = node.MemoryBytes - MachineFacts.AvailableMemoryBytes(),
                },
            },
            ["pods"] = pods,
        }.ToJsonString();
    }

    private static JsonNode Container(Cri.ContainerStats stats) => new JsonObject
    {
        ["name"] = stats.Attributes.Metadata.Name,
        ["cpu"] = Cpu(Stamp(stats.Cpu?.Timestamp ?? 0), (long)(stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0)),
        ["memory"] = Memory(Stamp(stats.Memory?.Timestamp ?? 0), (long)(stats.Memory?.WorkingSetBytes?.Value ?? 0)),
    };

    private static JsonObject Cpu(string at, long nanoseconds) => new() { ["time"] = at, ["usageCoreNanoSeconds"] = nanoseconds };

    private static JsonObject Memory(string at, long bytes) => new() { ["time"] = at, ["workingSetBytes"] = bytes };

    private static string Uid(Cri.ContainerStats stats) => Label(stats.Attributes.Labels, KubeletLabels.PodUid);

    private static string Label(IDictionary<string, string> labels, string name) => labels.TryGetValue(name, out string? value) ? value : "";

    private static string Stamp(long nanoseconds) => Stamp(DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100));

    private static string Stamp(DateTimeOffset at) => new Api.Values.Time(at).ToString();
}
