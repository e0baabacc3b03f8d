namespace Kube.Controllers.ServiceAccounts;

/// <summary>Puts the cluster's authority into every namespace as config map kube-root-ca.crt, and keeps it so.</summary>
public sealed class RootCaPublisher : QueueController<string>
{
    internal const string MapName = "kube-root-ca.crt";
    private const string DataKey = "ca.crt";
    private const string DescriptionAnnotation = "kubernetes.io/description";
    private const string Description =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service " +
        "IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

    private readonly SharedInformer<Namespace> _namespaces;
    private readonly SharedInformer<ConfigMap> _maps;
    private readonly string _authority;

    /// <param name="context">What controllers share.</param>
    /// <param name="authority">PEM bundle.</param>
    public RootCaPublisher(ControllerContext context, string authority)
        : base(context, "root-ca-certificate-publisher-controller", 1)
    {
        _authority = authority;
        _namespaces = context.Informers.For<Namespace>();
        _maps = context.Informers.For<ConfigMap>();
        _namespaces.AddHandler(value => Queue.Add(value.Metadata.Name!), (_, value) => Queue.Add(value.Metadata.Name!));
        _maps.AddHandler(added: null, (_, map) => Look(map), (map, _) => Look(map));
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        if (_namespaces.Store.Get(null, key) is not { } value || value.Status?.Phase == "Terminating" || value.Metadata.DeletionTimestamp is not null)
        {
            return ReconcileResult.Done;
        }

        var data = new Dictionary<string, string> { [DataKey] = _authority };
        try
        {
            if (_maps.Store.Get(key, MapName) is not { } map)
            {
                var created = new ConfigMap
                {
                    Metadata = new ObjectMeta { Name = MapName, Namespace = key, Annotations = new() { [DescriptionAnnotation] = Description } },
                    Data = data,
                };
                await Client.For<ConfigMap>().CreateAsync(created, cancellation).ConfigureAwait(false);
            }
            else if (map.Data?.GetValueOrDefault(DataKey) != _authority || map.Data.Count != 1 ||
                map.Metadata.Annotations?.ContainsKey(DescriptionAnnotation) != true)
            {
                var copy = Objects.Copy(map);
                copy.Data = data;
                (copy.Metadata.Annotations ??= [])[DescriptionAnnotation] = Description;
                await Client.For<ConfigMap>().UpdateAsync(copy, cancellation).ConfigureAwait(false);
            }
        }
        catch (KubeApiException e) when (e.IsAlreadyExists || e.IsNamespaceTerminating || e.IsNotFound)
        {
            return ReconcileResult.Done;
        }

        return ReconcileResult.Done;
    }

    private void Look(ConfigMap map)
    {
        if (map.Metadata.Name == MapName)
        {
            Queue.Add(map.Metadata.Namespace!);
        }
    }
}
