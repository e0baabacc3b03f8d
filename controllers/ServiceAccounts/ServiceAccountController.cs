namespace Kube.Controllers.ServiceAccounts;

/// <summary>Sees to it that every namespace has the service account "default".</summary>
public sealed class ServiceAccountController : QueueController<string>
{
    private const string AccountName = "default";
    private readonly SharedInformer<Namespace> _namespaces;
    private readonly SharedInformer<ServiceAccount> _accounts;

    public ServiceAccountController(ControllerContext context, int workers = 5)
        : base(context, "serviceaccount-controller", workers)
    {
        _namespaces = context.Informers.For<Namespace>();
        _accounts = context.Informers.For<ServiceAccount>();
        _namespaces.AddHandler(value => Queue.Add(value.Metadata.Name!), (_, value) => Queue.Add(value.Metadata.Name!));
        _accounts.AddHandler(
            added: null,
            deleted: (account, _) =>
            {
                if (account.Metadata.Name == AccountName)
                {
                    Queue.Add(account.Metadata.Namespace!);
                }
            });
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        if (_namespaces.Store.Get(null, key) is not { } value || value.Status?.Phase == "Terminating" || value.Metadata.DeletionTimestamp is not null ||
            _accounts.Store.Get(key, AccountName) is not null)
        {
            return ReconcileResult.Done;
        }

        try
        {
            var account = new ServiceAccount { Metadata = new ObjectMeta { Name = AccountName, Namespace = key } };
            await Client.For<ServiceAccount>().CreateAsync(account, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsAlreadyExists || e.IsNamespaceTerminating || e.IsNotFound)
        {
            return ReconcileResult.Done;
        }

        return ReconcileResult.Done;
    }
}
