namespace Kube.Controllers.ServiceEndpoints;

/// <summary>Keeps the Endpoints of each service that has a selector.</summary>
public sealed class EndpointsController : QueueController<ObjectKey>
{
    private const string OverCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";
    private readonly SharedInformer<Service> _services;
    private readonly SharedInformer<Endpoints> _endpoints;
    private readonly SharedInformer<Pod> _pods;

    public EndpointsController(ControllerContext context, int workers = 5)
        : base(context, "endpoints-controller", workers)
    {
        _services = context.Informers.For<Service>();
        _endpoints = context.Informers.For<Endpoints>();
        _pods = Pods.Informer(context);
        _services.AddHandler(
            service => Queue.Add(ObjectKey.Of(service)),
            (_, service) => Queue.Add(ObjectKey.Of(service)),
            (service, _) => Queue.Add(ObjectKey.Of(service)));
        _endpoints.AddHandler(added: null, deleted: (endpoints, _) => Queue.Add(ObjectKey.Of(endpoints)));
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
        if (_services.Store.Get(key) is not { } service)
        {
            if (_endpoints.Store.Get(key) is { } stale)
            {
                await DeleteAsync(stale, cancellation).ConfigureAwait(false);
            }

            return ReconcileResult.Done;
        }

        if (!ServicePods.HasSelector(service) || service.Metadata.DeletionTimestamp is not null)
        {
            return ReconcileResult.Done;
        }

        var pods = _pods.Store.List(key.Namespace).Where(pod => LabelMatch.MatchesAll(service.Spec!.Selector, pod.Metadata.Labels)).ToList();
        var present = _endpoints.Store.Get(key);
        var wanted = present is null ? new Endpoints { Metadata = new ObjectMeta { Name = key.Name, Namespace = key.Namespace } } : Objects.Copy(present);
        wanted.Subsets = EndpointsOf.Subsets(service, pods);
        wanted.Metadata.Labels = LabelsOf(service);
        NoteCapacity(wanted, pods.Count(static pod => ServicePods.MayServe(pod, includeTerminating: false)));
        try
        {
            if (present is null)
            {
                await Client.For<Endpoints>().CreateAsync(wanted, cancellation).ConfigureAwait(false);
            }
            else if (!CanonicalJson.Write(present).AsSpan().SequenceEqual(CanonicalJson.Write(wanted)))
            {
                await Client.For<Endpoints>().UpdateAsync(wanted, cancellation).ConfigureAwait(false);
            }
        }
        catch (KubeApiException e) when (e.IsNamespaceTerminating)
        {
            return ReconcileResult.Done;
        }

        return ReconcileResult.Done;
    }

    private static Dictionary<string, string>? LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? []);
        if (ServicePods.IsHeadless(service))
        {
            labels[ServicePods.HeadlessLabel] = "";
        }
        else
        {
            labels.Remove(ServicePods.HeadlessLabel);
        }

        return labels.Count == 0 ? null : labels;
    }

    private static void NoteCapacity(Endpoints endpoints, int podCount)
    {
        if (podCount > EndpointsOf.MaxAddresses)
        {
            (endpoints.Metadata.Annotations ??= [])[OverCapacityAnnotation] = "truncated";
        }
        else if (endpoints.Metadata.Annotations?.Remove(OverCapacityAnnotation) == true && endpoints.Metadata.Annotations.Count == 0)
        {
            endpoints.Metadata.Annotations = null;
        }
    }

    private async Task DeleteAsync(Endpoints endpoints, CancellationToken cancellation)
    {
        try
        {
            var request = new DeleteRequest { PreconditionUid = endpoints.Metadata.Uid };
            await Client.For<Endpoints>().DeleteAsync(endpoints.Metadata.Namespace, endpoints.Metadata.Name!, request, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return;
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
