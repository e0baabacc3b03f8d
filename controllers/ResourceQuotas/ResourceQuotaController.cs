using System.Text.Json.Nodes;
using Kube.Api.Quotas;

namespace Kube.Controllers.ResourceQuotas;

/// <summary>
/// Counts what the objects of each quota's namespace use, and writes the bounds in force and their use into its status,
/// which admission charges. It counts anew when a quota is made, when its bounds change, when something counted goes or
/// is freed, and all quotas each period: a write that was charged and then failed is given back then.
/// </summary>
public sealed class ResourceQuotaController : QueueController<ObjectKey>
{
    /// <summary>
    /// A count that changed the use is made once more after this time. Its informers may not yet have shown an object
    /// that admission had charged, and then it took that charge away.
    /// </summary>
    private static readonly TimeSpan _recountAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _syncWait = TimeSpan.FromMilliseconds(100);

    private readonly TimeSpan _period;
    private readonly SharedInformer<ResourceQuota> _quotas;
    private readonly SharedInformer<Pod> _pods;
    private readonly SharedInformer<Service> _services;
    private readonly SharedInformer<PersistentVolumeClaim> _claims;
    private readonly CountedObjects _counted;

    public ResourceQuotaController(ControllerContext context, int workers, TimeSpan period)
        : base(context, "resourcequota-controller", workers)
    {
        _period = period;
        _counted = new CountedObjects(context.Client, Log, Replenish);
        _quotas = context.Informers.For<ResourceQuota>();
        _pods = Pods.Informer(context);
        _services = context.Informers.For<Service>();
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _quotas.AddHandler(quota => Queue.Add(ObjectKey.Of(quota)), QuotaUpdated);
        _pods.AddHandler(null, PodUpdated, (pod, _) => Replenish(PodEvaluator, pod.Metadata.Namespace ?? ""));
        _services.AddHandler(null, ServiceUpdated, (service, _) => Replenish(ServiceEvaluator, service.Metadata.Namespace ?? ""));
        _claims.AddHandler(null, ClaimUpdated, (claim, _) => Replenish(ClaimEvaluator, claim.Metadata.Namespace ?? ""));
    }

    private static UsageEvaluator PodEvaluator => QuotaBounds.Measured[0];

    private static UsageEvaluator ServiceEvaluator => QuotaBounds.Measured[1];

    private static UsageEvaluator ClaimEvaluator => QuotaBounds.Measured[2];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _counted.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Counts everything anew each period.</summary>
    protected override async Task RunExtraAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(_period, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                var quotas = _quotas.Store.List();
                await _counted.KeepAsync(QuotaBounds.Counted(quotas.Select(static quota => quota.Spec?.Hard ?? []).SelectMany(static hard => hard.Keys)), cancellation).ConfigureAwait(false);
                foreach (var quota in quotas)
                {
                    Queue.Add(ObjectKey.Of(quota));
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_quotas.Store.Get(key) is not { } quota)
        {
            return ReconcileResult.Done;
        }

        var hard = quota.Spec?.Hard ?? [];
        var counted = await _counted.WatchAsync(QuotaBounds.Counted(hard.Keys), cancellation).ConfigureAwait(false);
        if (counted.Values.Any(static informer => !informer.HasSynced))
        {
            return ReconcileResult.After(_syncWait);
        }

        var ns = key.Namespace;
        var resources = counted.Select(pair => (UsageEvaluator.For(pair.Key.Group, pair.Key.Resource), pair.Value.Store.List(ns).Select(static _ => new JsonObject())))
            .Append((PodEvaluator, QuotaBounds.AsJson(_pods.Store.List(ns))))
            .Append((ServiceEvaluator, QuotaBounds.AsJson(_services.Store.List(ns))))
            .Append((ClaimEvaluator, QuotaBounds.AsJson(_claims.Store.List(ns))));
        var used = QuotaUsage.Count(hard, QuotaScope.Of(KubeJson.ToJsonObject(quota)), resources, Time.GetUtcNow());
        var status = QuotaBounds.StatusOf(quota, used);
        if (QuotaBounds.AreEqual(quota.Status, status) && quota.Status is { Hard: not null, Used: not null })
        {
            return ReconcileResult.Done;
        }

        var copy = Objects.Copy(quota);
        copy.Status = status;
        await Client.For<ResourceQuota>().UpdateStatusAsync(copy, cancellation).ConfigureAwait(false);
        return QuotaBounds.AreEqual(quota.Status?.Used, status.Used) ? ReconcileResult.Done : ReconcileResult.After(_recountAfter);
    }

    /// <summary>A use that admission charges is no news.</summary>
    private void QuotaUpdated(ResourceQuota old, ResourceQuota quota)
    {
        if (!QuotaBounds.AreEqual(old.Spec?.Hard, quota.Spec?.Hard) || !QuotaBounds.AreEqual(quota.Spec?.Hard, quota.Status?.Hard))
        {
            Queue.Add(ObjectKey.Of(quota));
        }
    }

    private void PodUpdated(Pod old, Pod pod)
    {
        if (QuotaBounds.IsReleased(old, pod, Time.GetUtcNow()))
        {
            Replenish(PodEvaluator, pod.Metadata.Namespace ?? "");
        }
    }

    private void ServiceUpdated(Service old, Service service)
    {
        if (old.Spec?.Type != service.Spec?.Type || old.Spec?.Ports?.Count != service.Spec?.Ports?.Count)
        {
            Replenish(ServiceEvaluator, service.Metadata.Namespace ?? "");
        }
    }

    private void ClaimUpdated(PersistentVolumeClaim old, PersistentVolumeClaim claim)
    {
        if (!QuotaBounds.AreEqual(old.Status?.AllocatedResources, claim.Status?.AllocatedResources)
            || !QuotaBounds.AreEqual(old.Spec?.Resources?.Requests, claim.Spec?.Resources?.Requests))
        {
            Replenish(ClaimEvaluator, claim.Metadata.Namespace ?? "");
        }
    }

    /// <summary>Counts anew the quotas of a namespace that bound a resource.</summary>
    private void Replenish(UsageEvaluator evaluator, string ns)
    {
        foreach (var quota in _quotas.Store.List(ns))
        {
            if (QuotaBounds.Concerns(quota, evaluator))
            {
                Queue.Add(ObjectKey.Of(quota));
            }
        }
    }
}
