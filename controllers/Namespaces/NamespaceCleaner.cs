namespace Kube.Controllers.Namespaces;

/// <summary>Deletes what is in a namespace, once, and reports what is left.</summary>
internal sealed class NamespaceCleaner(KubeClient client, string ns)
{
    /// <summary>Kinds looked at side by side.</summary>
    private const int Parallelism = 4;

    /// <summary>A failure of one kind is noted and the others go on.</summary>
    public async Task<NamespaceContent> CleanAsync(CancellationToken cancellation)
    {
        var content = new NamespaceContent();
        var discovery = await client.DiscoverAsync(cancellation).ConfigureAwait(false);
        content.DiscoveryFailures.AddRange(discovery.FailedGroups);
        var resources = discovery.Resources.Where(static resource => resource.Kind.Namespaced && resource.Verbs.Contains("delete") && resource.Verbs.Contains("list"));
        await Parallel.ForEachAsync(
            resources,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellation },
            async (resource, token) => await CleanAsync(resource, content, token).ConfigureAwait(false)).ConfigureAwait(false);
        return content;
    }

    private async Task CleanAsync(DiscoveredResource resource, NamespaceContent content, CancellationToken cancellation)
    {
        try
        {
            var left = await ListAsync(resource, cancellation).ConfigureAwait(false);
            if (left.Count == 0)
            {
                return;
            }

            await DeleteAsync(resource, left, cancellation).ConfigureAwait(false);
            Note(resource, await ListAsync(resource, cancellation).ConfigureAwait(false), content);
        }
        catch (KubeApiException e) when (e.IsNotFound || e.IsMethodNotSupported)
        {
            return; // the kind went away, or serves less than it says
        }
        catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or InvalidDataException)
        {
            lock (content)
            {
                content.DeletionFailures.Add($"{resource.Kind}: {e.Message}");
            }
        }
    }

    private async Task<List<MetadataObject>> ListAsync(DiscoveredResource resource, CancellationToken cancellation)
    {
        var items = new List<MetadataObject>();
        await foreach (var item in client.Metadata(resource.Kind).ListAllAsync(ns, null, cancellation).ConfigureAwait(false))
        {
            items.Add(item);
        }

        return items;
    }

    private async Task DeleteAsync(DiscoveredResource resource, List<MetadataObject> items, CancellationToken cancellation)
    {
        var background = new DeleteRequest { PropagationPolicy = "Background" };
        if (resource.Verbs.Contains("deletecollection"))
        {
            await client.Metadata(resource.Kind).DeleteCollectionAsync(ns, null, background, cancellation).ConfigureAwait(false);
            return;
        }

        foreach (var item in items.Where(static item => item.Metadata.DeletionTimestamp is null))
        {
            try
            {
                await client.Metadata(resource.Kind).DeleteAsync(ns, item.Metadata.Name!, background, cancellation).ConfigureAwait(false);
            }
            catch (KubeApiException e) when (e.IsNotFound)
            {
                continue;
            }
        }
    }

    private static void Note(DiscoveredResource resource, List<MetadataObject> left, NamespaceContent content)
    {
        if (left.Count == 0)
        {
            return;
        }

        lock (content)
        {
            content.Remaining[resource.Kind.Plural + "." + resource.Kind.Group] = left.Count;
            foreach (var finalizer in left.SelectMany(static item => item.Metadata.Finalizers ?? []))
            {
                content.Finalizers[finalizer] = content.Finalizers.GetValueOrDefault(finalizer) + 1;
            }
        }
    }
}
