namespace Kube.Controllers.StorageProtection;

/// <summary>The finalizer of an object that is kept while it is in use.</summary>
internal static class Protection
{
    /// <summary>The object is not being deleted and is without its finalizer.</summary>
    public static bool IsMissing(IKubeObject value, string finalizer) => value.Metadata.DeletionTimestamp is null && !Has(value, finalizer);

    /// <summary>The object is being deleted and waits for its finalizer to be taken away.</summary>
    public static bool IsAwaited(IKubeObject value, string finalizer) => value.Metadata.DeletionTimestamp is not null && Has(value, finalizer);

    public static Task AddAsync<T>(KubeClient client, T value, string finalizer, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        var copy = Objects.Copy(value);
        (copy.Metadata.Finalizers ??= []).Add(finalizer);
        return client.For<T>().UpdateAsync(copy, cancellation);
    }

    public static Task RemoveAsync<T>(KubeClient client, T value, string finalizer, CancellationToken cancellation)
        where T : class, IKubeObject
    {
        var copy = Objects.Copy(value);
        copy.Metadata.Finalizers!.RemoveAll(found => found == finalizer);
        return client.For<T>().UpdateAsync(copy, cancellation);
    }

    private static bool Has(IKubeObject value, string finalizer) => value.Metadata.Finalizers?.Contains(finalizer) == true;
}
