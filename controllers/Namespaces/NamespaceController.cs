namespace Kube.Controllers.Namespaces;

/// <summary>
/// Empties namespaces that are being deleted: deletes every object of every kind that discovery names, and takes the
/// finalizer "kubernetes" away when nothing is left, upon which the API server removes the namespace.
/// </summary>
public sealed class NamespaceController : QueueController<string>
{
    private const string Finalizer = "kubernetes";
    private readonly SharedInformer<Namespace> _namespaces;

    public NamespaceController(ControllerContext context, int workers = 10)
        : base(context, "namespace-controller", workers, new ExponentialRateLimiter<string>(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15)))
    {
        _namespaces = context.Informers.For<Namespace>();
        _namespaces.AddHandler(Look, (_, value) => Look(value));
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        if (_namespaces.Store.Get(null, key) is not { Metadata.DeletionTimestamp: not null } shared)
        {
            return ReconcileResult.Done;
        }

        var value = await Client.For<Namespace>().FindAsync(null, key, cancellation).ConfigureAwait(false);
        if (value is null || value.Metadata.Uid != shared.Metadata.Uid)
        {
            return ReconcileResult.Done;
        }

        if (value.Status?.Phase != "Terminating")
        {
            value.Status ??= new NamespaceStatus();
            value.Status.Phase = "Terminating";
            value = await Client.For<Namespace>().UpdateStatusAsync(value, cancellation).ConfigureAwait(false);
        }

        if (value.Spec?.Finalizers is null or { Count: 0 })
        {
            return ReconcileResult.Done;
        }

        var content = await new NamespaceCleaner(Client, key).CleanAsync(cancellation).ConfigureAwait(false);
        if (content.IsEmpty)
        {
            await FinalizeAsync(value, cancellation).ConfigureAwait(false);
            return ReconcileResult.Done;
        }

        var conditions = NamespaceConditions.Calculate(value.Status?.Conditions, content, Time.GetUtcNow());
        var status = new NamespaceStatus { Phase = "Terminating", Conditions = conditions };
        if (!Objects.AreEqual(value.Status, status))
        {
            value.Status = status;
            await Client.For<Namespace>().UpdateStatusAsync(value, cancellation).ConfigureAwait(false);
        }

        return ReconcileResult.Again;
    }

    private void Look(Namespace value)
    {
        if (value.Metadata.DeletionTimestamp is not null && value.Metadata.Name is { } name)
        {
            Queue.Add(name);
        }
    }

    private async Task FinalizeAsync(Namespace value, CancellationToken cancellation)
    {
        var copy = Objects.Copy(value);
        copy.Spec!.Finalizers!.Remove(Finalizer);
        try
        {
            var path = ResourceKind.Of<Namespace>().Path(null, value.Metadata.Name, "finalize");
            await Client.RawAsync(HttpMethod.Put, path, KubeJson.Serialize(copy), cancellation: cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return; // somebody else finalised it
        }
    }
}
