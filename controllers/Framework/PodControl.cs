namespace Kube.Controllers.Framework;

/// <summary>Creates and deletes pods for an owner and tells about it by events, in Kubernetes' words.</summary>
public sealed class PodControl(KubeClient client, IEventRecorder events)
{
    /// <summary>
    /// Creates a pod from a template, managed by <paramref name="owner"/>. A failure is told by an event, unless the
    /// namespace is going away, and thrown.
    /// </summary>
    public async Task<Pod> CreateAsync(IKubeObject owner, PodTemplateSpec template, CancellationToken cancellation, Action<Pod>? adjust = null)
    {
        var pod = FromTemplate(owner, template);
        adjust?.Invoke(pod);
        try
        {
            var created = await client.For<Pod>().CreateAsync(pod, cancellation).ConfigureAwait(false);
            events.Event(owner, EventTypes.Normal, "SuccessfulCreate", "Created pod: " + created.Metadata.Name);
            return created;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (e is not KubeApiException { IsNamespaceTerminating: true })
            {
                events.Event(owner, EventTypes.Warning, "FailedCreate", "Error creating: " + e.Message);
            }

            throw;
        }
    }

    /// <summary>Deletes a pod; one that is gone already is no failure, but no event is told of it.</summary>
    public async Task<bool> DeleteAsync(IKubeObject owner, Pod pod, CancellationToken cancellation)
    {
        try
        {
            await client.For<Pod>().DeleteAsync(
                pod.Metadata.Namespace, pod.Metadata.Name!, new DeleteRequest { PreconditionUid = pod.Metadata.Uid }, cancellation).ConfigureAwait(false);
            events.Event(owner, EventTypes.Normal, "SuccessfulDelete", "Deleted pod: " + pod.Metadata.Name);
            return true;
        }
        catch (KubeApiException e) when (e.IsNotFound || e.IsConflict)
        {
            return false; // gone, and perhaps another has its name
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            events.Event(owner, EventTypes.Warning, "FailedDelete", "Error deleting: " + e.Message);
            throw;
        }
    }

    private static Pod FromTemplate(IKubeObject owner, PodTemplateSpec template)
    {
        var copy = Objects.Copy(template);
        return new Pod
        {
            Metadata = new ObjectMeta
            {
                GenerateName = GenerateNamePrefix(owner.Metadata.Name ?? ""),
                Namespace = owner.Metadata.Namespace,
                Labels = copy.Metadata?.Labels,
                Annotations = copy.Metadata?.Annotations,
                Finalizers = copy.Metadata?.Finalizers,
                OwnerReferences = [Owners.NewControllerReference(owner)],
            },
            Spec = copy.Spec,
        };
    }

    /// <summary>A dash is added unless that would make the name invalid.</summary>
    private static string GenerateNamePrefix(string name) => name.Length < 253 ? name + "-" : name;
}
