namespace Kube.Controllers.StorageProtection;

/// <summary>
/// Lets a claim that is being deleted go once no pod uses it. Works namespace by namespace, so that many claims that go
/// together share one list of the pods. Claims from before the admission plugin get their finalizer here.
/// </summary>
public sealed partial class ClaimProtectionController : QueueController<string>
{
    private readonly SharedInformer<PersistentVolumeClaim> _claims;
    private readonly SharedInformer<Pod> _pods;

    public ClaimProtectionController(ControllerContext context)
        : base(context, "persistentvolumeclaim-protection-controller", 1)
    {
        _claims = context.Informers.For<PersistentVolumeClaim>();
        _pods = Pods.Informer(context);
        _claims.AddHandler(ClaimChanged, (_, claim) => ClaimChanged(claim));
        _pods.AddHandler(pod => PodChanged(pod, isGone: false), PodUpdated, (pod, _) => PodChanged(pod, isGone: true));
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        IReadOnlyList<Pod>? asked = null;
        var failed = new List<Exception>();
        foreach (var claim in _claims.Store.List(key))
        {
            try
            {
                if (Protection.IsMissing(claim, ClaimUse.Finalizer))
                {
                    await Protection.AddAsync(Client, claim, ClaimUse.Finalizer, cancellation).ConfigureAwait(false);
                }
                else if (Protection.IsAwaited(claim, ClaimUse.Finalizer) && !_pods.Store.List(key).Any(pod => ClaimUse.IsUsedBy(claim, pod)))
                {
                    // The informer may not have seen a pod yet that the server has; only what the server says lets the claim go.
                    asked ??= (await Client.For<Pod>().ListAsync(key, cancellation: cancellation).ConfigureAwait(false)).Items;
                    if (!asked.Any(pod => ClaimUse.IsUsedBy(claim, pod)))
                    {
                        await Protection.RemoveAsync(Client, claim, ClaimUse.Finalizer, cancellation).ConfigureAwait(false);
                        LogReleased(Log, ObjectKey.Of(claim));
                    }
                }
            }
            catch (KubeApiException e) when (e.IsNotFound || e.IsConflict)
            {
                // Another claim is not to wait for this one.
                failed.Add(e);
            }
        }

        return failed.Count == 0 ? ReconcileResult.Done : throw failed[0];
    }

    private void ClaimChanged(PersistentVolumeClaim claim)
    {
        if (Protection.IsMissing(claim, ClaimUse.Finalizer) || Protection.IsAwaited(claim, ClaimUse.Finalizer))
        {
            Queue.Add(claim.Metadata.Namespace!);
        }
    }

    private void PodUpdated(Pod old, Pod pod)
    {
        PodChanged(pod, isGone: false);

        // One update may stand for a deletion and a creation under the same name.
        if (old.Metadata.Uid != pod.Metadata.Uid)
        {
            PodChanged(old, isGone: true);
        }
    }

    private void PodChanged(Pod pod, bool isGone)
    {
        if (ClaimUse.MayRelease(pod, isGone) && ClaimUse.ClaimsOf(pod).Any(claim =>
            _claims.Store.Get(pod.Metadata.Namespace, claim) is { } found && Protection.IsAwaited(found, ClaimUse.Finalizer)))
        {
            Queue.Add(pod.Metadata.Namespace!);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Claim {Claim} is used by nothing")]
    private static partial void LogReleased(ILogger log, ObjectKey claim);
}
