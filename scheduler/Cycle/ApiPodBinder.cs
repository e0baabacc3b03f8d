using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Client.Rest;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Cycle;

/// <summary>Binds through the API server.</summary>
public sealed class ApiPodBinder(KubeClient client) : IPodBinder
{
    private const string Scheduled = "PodScheduled";

    public Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken) =>
        client.BindAsync(pod.Key.Namespace, pod.Key.Name, pod.Uid, node, cancellationToken);

    public async Task SetUnscheduledAsync(
        PodInfo pod, string reason, string message, string? nominatedNode, CancellationToken cancellationToken)
    {
        var status = new JsonObject();
        var current = pod.Pod.Status?.Conditions?.Find(condition => condition.Type == Scheduled);
        if (current is not { Status: "False" } || current.Reason != reason || current.Message != message)
        {
            var since = current is { Status: "False", LastTransitionTime: { } before } ? before.ToString() : Now();
            status["conditions"] = new JsonArray(Condition(Scheduled, "False", reason, message, since));
        }

        if (nominatedNode is not null && nominatedNode != (pod.Pod.Status?.NominatedNodeName ?? string.Empty))
        {
            status["nominatedNodeName"] = nominatedNode.Length == 0 ? null : nominatedNode;
        }

        if (status.Count > 0)
        {
            await PatchStatusAsync(pod, status, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task ClearNominationAsync(PodInfo pod, CancellationToken cancellationToken) =>
        PatchStatusAsync(pod, new JsonObject { ["nominatedNodeName"] = null }, cancellationToken);

    public async Task PreemptAsync(PodInfo victim, PodInfo preemptor, CancellationToken cancellationToken)
    {
        var message = $"{preemptor.Spec.SchedulerName}: preempting to accommodate a higher priority pod";
        try
        {
            if (victim.Pod.Status?.Conditions?.Find(condition => condition.Type == "DisruptionTarget") is not { Status: "True", Reason: "PreemptionByScheduler" })
            {
                var condition = Condition("DisruptionTarget", "True", "PreemptionByScheduler", message, Now());
                await PatchStatusAsync(victim, new JsonObject { ["conditions"] = new JsonArray(condition) }, cancellationToken).ConfigureAwait(false);
            }

            await client.For<Pod>().DeleteAsync(
                victim.Key.Namespace,
                victim.Key.Name,
                new DeleteRequest { PreconditionUid = victim.Uid },
                cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // It is gone, or another pod has its name by now: nothing is left to end.
        }
    }

    public Task<PersistentVolume> BindVolumeAsync(PersistentVolume volume, PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        var metadata = Unchanged(volume.Metadata);
        if (!VolumeRules.IsFor(volume, claim))
        {
            metadata["annotations"] = new JsonObject { [VolumeRules.BoundByController] = "yes" };
        }

        var reference = new JsonObject
        {
            ["kind"] = "PersistentVolumeClaim",
            ["apiVersion"] = "v1",
            ["namespace"] = claim.Metadata.Namespace,
            ["name"] = claim.Metadata.Name,
            ["uid"] = claim.Metadata.Uid,
            ["resourceVersion"] = claim.Metadata.ResourceVersion,
        };
        var patch = new JsonObject { ["metadata"] = metadata, ["spec"] = new JsonObject { ["claimRef"] = reference } };
        return client.For<PersistentVolume>().PatchAsync(null, volume.Metadata.Name!, Patch.Merge(patch), null, cancellationToken);
    }

    public Task<PersistentVolumeClaim> SelectNodeAsync(PersistentVolumeClaim claim, string node, CancellationToken cancellationToken)
    {
        var metadata = Unchanged(claim.Metadata);
        metadata["annotations"] = new JsonObject { [VolumeRules.SelectedNode] = node };
        return client.For<PersistentVolumeClaim>().PatchAsync(
            claim.Metadata.Namespace, claim.Metadata.Name!, Patch.Merge(new JsonObject { ["metadata"] = metadata }), null, cancellationToken);
    }

    /// <summary>Makes the API server refuse a patch of anything but the object as it was seen.</summary>
    private static JsonObject Unchanged(ObjectMeta metadata) => new() { ["uid"] = metadata.Uid, ["resourceVersion"] = metadata.ResourceVersion };

    private static JsonObject Condition(string type, string status, string reason, string message, string since) => new()
    {
        ["type"] = type,
        ["status"] = status,
        ["reason"] = reason,
        ["message"] = message,
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = since,
    };

    private async Task PatchStatusAsync(PodInfo pod, JsonObject status, CancellationToken cancellationToken)
    {
        // The uid makes the API server refuse the patch when another pod has got the name.
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = pod.Uid }, ["status"] = status };
        await client.For<Pod>().PatchAsync(
            pod.Key.Namespace, pod.Key.Name, Patch.Strategic(patch), "status", cancellationToken).ConfigureAwait(false);
    }

    private string Now() => client.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
