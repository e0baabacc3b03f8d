using Kube.Api.Discovery.V1;

namespace Kube.Controllers.ServiceEndpoints;

/// <summary>
/// Keeps the endpoint slices of each service that has a selector. While slices it created have not come back through
/// its informer it waits, lest it make the same again.
/// </summary>
public sealed class EndpointSliceController : QueueController<ObjectKey>
{
    private const string ByService = "service";
    private readonly SharedInformer<Service> _services;
    private readonly SharedInformer<EndpointSlice> _slices;
    private readonly SharedInformer<Pod> _pods;
    private readonly SharedInformer<Node> _nodes;
    private readonly Expectations _expectations;

    public EndpointSliceController(ControllerContext context, int workers = 5)
        : base(context, "endpointslice-controller", workers)
    {
        _expectations = new Expectations(context.Time);
        _services = context.Informers.For<Service>();
        _slices = context.Informers.For<EndpointSlice>();
        _slices.EnsureIndexer(ByService, static slice => ServiceKey(slice) is { } key ? [key.ToString()] : []);
        _nodes = context.Informers.For<Node>();
        _pods = Pods.Informer(context);
        _services.AddHandler(
            service => Queue.Add(ObjectKey.Of(service)),
            (_, service) => Queue.Add(ObjectKey.Of(service)),
            (service, _) =>
            {
                _expectations.Forget(ObjectKey.Of(service));
                Queue.Add(ObjectKey.Of(service));
            });
        _slices.AddHandler(SliceAdded, (_, slice) => SliceChanged(slice), (slice, _) => SliceChanged(slice));
        _pods.AddHandler(
            PodChanged,
            (old, pod) =>
            {
                if (!ServicePods.AreAlike(old, pod))
                {
                    PodChanged(old);
                    PodChanged(pod);
                }
            },
            (pod, _) => PodChanged(pod));
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (_services.Store.Get(key) is not { Metadata.DeletionTimestamp: null } service || !ServicePods.HasSelector(service) || !_expectations.AreSatisfied(key))
        {
            return ReconcileResult.Done; // slices of a service that is gone go by their owner
        }

        var pods = _pods.Store.List(key.Namespace).Where(pod => LabelMatch.MatchesAll(service.Spec!.Selector, pod.Metadata.Labels));
        var present = _slices.Store.ByIndex(ByService, key.ToString()).Where(static slice => slice.Metadata.DeletionTimestamp is null).ToList();
        var changes = SlicePlan.Make(service, pods, name => _nodes.Store.Get(null, name), present);
        await CreateAsync(key, changes.Create, cancellation).ConfigureAwait(false);
        foreach (var slice in changes.Update)
        {
            await Client.For<EndpointSlice>().UpdateAsync(slice, cancellation).ConfigureAwait(false);
        }

        foreach (var slice in changes.Delete)
        {
            await DeleteAsync(slice, cancellation).ConfigureAwait(false);
        }

        return ReconcileResult.Done;
    }

    private async Task CreateAsync(ObjectKey key, List<EndpointSlice> slices, CancellationToken cancellation)
    {
        if (slices.Count == 0)
        {
            return;
        }

        _expectations.ExpectCreations(key, slices.Count);
        var created = 0;
        try
        {
            foreach (var slice in slices)
            {
                await Client.For<EndpointSlice>().CreateAsync(slice, cancellation).ConfigureAwait(false);
                created++;
            }
        }
        catch (KubeApiException e) when (e.IsNamespaceTerminating)
        {
            return;
        }
        finally
        {
            for (var i = created; i < slices.Count; i++)
            {
                _expectations.CreationObserved(key);
            }
        }
    }

    private async Task DeleteAsync(EndpointSlice slice, CancellationToken cancellation)
    {
        try
        {
            await Client.For<EndpointSlice>().DeleteAsync(slice.Metadata.Namespace, slice.Metadata.Name!, null, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return;
        }
    }

    private static ObjectKey? ServiceKey(EndpointSlice slice) =>
        slice.Metadata.Labels is { } labels && labels.GetValueOrDefault(SlicePlan.ManagedByLabel) == SlicePlan.Manager &&
        labels.TryGetValue(ServicePods.ServiceNameLabel, out var service)
            ? new ObjectKey(slice.Metadata.Namespace ?? "", service)
            : null;

    private void SliceAdded(EndpointSlice slice)
    {
        if (ServiceKey(slice) is { } key)
        {
            _expectations.CreationObserved(key);
            Queue.Add(key);
        }
    }

    private void SliceChanged(EndpointSlice slice)
    {
        if (ServiceKey(slice) is { } key)
        {
            Queue.Add(key);
        }
    }

    private void PodChanged(Pod pod)
    {
        foreach (var service in ServicePods.ServicesOf(_services.Store, pod))
        {
            Queue.Add(ObjectKey.Of(service));
        }
    }
}
