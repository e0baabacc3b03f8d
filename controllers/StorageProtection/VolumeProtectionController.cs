namespace Kube.Controllers.StorageProtection;

/// <summary>Lets a volume that is being deleted go once it is not bound to a claim. Volumes from before the admission plugin get their finalizer here.</summary>
public sealed class VolumeProtectionController : QueueController<string>
{
    /// <summary>The finalizer that volumes are created with.</summary>
    internal const string Finalizer = "kubernetes.io/pv-protection";

    private readonly SharedInformer<PersistentVolume> _volumes;

    public VolumeProtectionController(ControllerContext context)
        : base(context, "persistentvolume-protection-controller", 1)
    {
        _volumes = context.Informers.For<PersistentVolume>();
        _volumes.AddHandler(VolumeChanged, (_, volume) => VolumeChanged(volume));
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        if (_volumes.Store.Get(null, key) is not { } volume)
        {
            return ReconcileResult.Done;
        }

        if (Protection.IsMissing(volume, Finalizer))
        {
            await Protection.AddAsync(Client, volume, Finalizer, cancellation).ConfigureAwait(false);
        }
        else if (Protection.IsAwaited(volume, Finalizer) && volume.Status?.Phase != "Bound")
        {
            await Protection.RemoveAsync(Client, volume, Finalizer, cancellation).ConfigureAwait(false);
        }

        return ReconcileResult.Done;
    }

    private void VolumeChanged(PersistentVolume volume)
    {
        if (Protection.IsMissing(volume, Finalizer) || Protection.IsAwaited(volume, Finalizer))
        {
            Queue.Add(volume.Metadata.Name!);
        }
    }
}
