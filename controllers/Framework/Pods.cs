namespace Kube.Controllers.Framework;

/// <summary>What controllers want to know about pods.</summary>
public static class Pods
{
    public static PodCondition? Condition(Pod pod, string type) => pod.Status?.Conditions?.Find(condition => condition.Type == type);

    public static bool IsReady(Pod pod) => Condition(pod, "Ready")?.Status == "True";

    /// <summary>Ready, and without a break for as long as asked.</summary>
    public static bool IsAvailable(Pod pod, int minReadySeconds, DateTimeOffset now)
    {
        var ready = Condition(pod, "Ready");
        return ready?.Status == "True" &&
            (minReadySeconds == 0 || (ready.LastTransitionTime is { } since && since.Value.AddSeconds(minReadySeconds) < now));
    }

    /// <summary>It has run to its end, well or not.</summary>
    public static bool IsTerminal(Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>It runs or may yet run.</summary>
    public static bool IsActive(Pod pod) => !IsTerminal(pod) && pod.Metadata.DeletionTimestamp is null;

    /// <summary>A pod is watched by these keys everywhere, so each controller makes sure of all of them.</summary>
    public static SharedInformer<Pod> Informer(ControllerContext context)
    {
        var informer = context.Informers.For<Pod>();
        informer.EnsureIndexer(Indexers.ByController, Indexers.Controller);
        informer.EnsureIndexer(Owners.Orphans, Owners.OrphanNamespace);
        informer.EnsureIndexer(Indexers.ByNode, static pod => pod.Spec?.NodeName is { Length: > 0 } node ? [node] : []);
        return informer;
    }
}
