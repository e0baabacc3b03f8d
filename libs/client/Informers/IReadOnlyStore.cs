using System.Diagnostics.CodeAnalysis;

namespace Kube.Client.Informers;

/// <summary>
/// What an informer knows. Safe to read from any thread at any time. The objects are shared by all readers and must
/// not be changed: copy one with KubeJson before changing it.
/// </summary>
public interface IReadOnlyStore<T>
    where T : class, IKubeObject
{
    int Count { get; }

    bool TryGet(ObjectKey key, [MaybeNullWhen(false)] out T value);

    /// <summary>The object, or null.</summary>
    T? Get(ObjectKey key);

    /// <summary>The object, or null.</summary>
    T? Get(string? ns, string name);

    /// <summary>All objects, as a copy of the list; in no order.</summary>
    IReadOnlyList<T> List();

    /// <summary>The objects of a namespace; of all namespaces when null or empty.</summary>
    IReadOnlyList<T> List(string? ns);

    /// <summary>
    /// The objects for which the indexer gave <paramref name="value"/>. Throws ArgumentException for an index that was
    /// not added.
    /// </summary>
    IReadOnlyList<T> ByIndex(string index, string value);
}
