using System.Text.Json.Nodes;
using Kube.Client.Rest;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>Binds through the API server.</summary>
public sealed class ApiPodBinder(KubeClient client) : IPodBinder
{
    private const string Condition = "PodScheduled";

    public Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken) =>
        client.BindAsync(pod.Key.Namespace, pod.Key.Name, pod.Uid, node, cancellationToken);

    public async Task SetUnscheduledAsync(PodInfo pod, string reason, string message, CancellationToken cancellationToken)
    {
        var current = pod.Pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == Condition);
        if (current is { Status: "False" } && current.Reason == reason && current.Message == message)
        {
            return;
        }

        var transition = current is { Status: "False", LastTransitionTime: { } since }
            ? since.ToString()
            : client.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        var patch = new JsonObject
        {
            // The uid makes the API server refuse the patch when another pod has got the name.
            ["metadata"] = new JsonObject { ["uid"] = pod.Uid },
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = Condition,
                    ["status"] = "False",
                    ["reason"] = reason,
                    ["message"] = message,
                    ["lastProbeTime"] = null,
                    ["lastTransitionTime"] = transition,
                }),
            },
        };
        await client.For<Api.Core.V1.Pod>().PatchAsync(
            pod.Key.Namespace,
            pod.Key.Name,
            Patch.Strategic(patch),
            "status",
            cancellationToken).ConfigureAwait(false);
    }
}
