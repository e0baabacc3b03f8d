using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>
/// The verbs of one resource. The namespace is null or empty for a cluster-wide resource, and for a list or watch over
/// all namespaces. Exceptions as <see cref="KubeClient"/>; an answer that is not what was asked for is an
/// InvalidDataException.
/// </summary>
public sealed class ResourceClient<T>
    where T : class, IKubeObject
{
    private readonly ObjectFormat<T> _format;

    internal ResourceClient(KubeClient client, ObjectFormat<T> format)
    {
        Client = client;
        _format = format;
    }

    public KubeClient Client { get; }

    public ResourceKind Kind => _format.Kind;

    public Task<T> GetAsync(string? ns, string name, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Get, Kind.Path(ns, name), null, null, cancellation);

    /// <summary>As <see cref="GetAsync"/>, but null when there is no such object.</summary>
    public async Task<T?> FindAsync(string? ns, string name, CancellationToken cancellation = default)
    {
        try
        {
            return await GetAsync(ns, name, cancellation).ConfigureAwait(false);
        }
        catch (KubeApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>One page: all objects unless <see cref="ListQuery.Limit"/> says otherwise.</summary>
    public async Task<ObjectList<T>> ListAsync(string? ns, ListQuery? options = null, CancellationToken cancellation = default)
    {
        var path = Kind.Path(ns) + (options ?? new ListQuery()).ToQuery(watch: false);
        var raw = await Client.RawAsync(HttpMethod.Get, path, accept: _format.AcceptList, cancellation: cancellation).ConfigureAwait(false);
        try
        {
            return ListReader.Read(raw.Body, _format.Read);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"GET {path}: the answer is no list: {e.Message}", e);
        }
    }

    /// <summary>
    /// All objects, page by page. The first page's state is the state of the whole list; when the server no longer
    /// keeps it (410) the caller gets the exception and starts again.
    /// </summary>
    public async IAsyncEnumerable<T> ListAllAsync(
        string? ns, ListQuery? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var page = (options ?? new ListQuery()) with { Limit = options is { Limit: > 0 } ? options.Limit : 500 };
        while (true)
        {
            var list = await ListAsync(ns, page, cancellation).ConfigureAwait(false);
            foreach (var item in list.Items)
            {
                yield return item;
            }

            if (list.Continue is null)
            {
                yield break;
            }

            page = page with { Continue = list.Continue, ResourceVersion = null, ResourceVersionMatch = null };
        }
    }

    /// <summary>
    /// Events after <see cref="ListQuery.ResourceVersion"/>, in the order in which they happened, until the server
    /// ends the stream (which it does now and then: begin again from the last version seen). Throws
    /// <see cref="KubeApiException"/> with IsGone when that version is no longer kept, and IOException,
    /// EndOfStreamException or InvalidDataException when the stream breaks.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync(
        string? ns, ListQuery options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // The server ends the watch after its timeout; one that does not is cut off here a little later.
        using var cutOff = options.TimeoutSeconds is { } seconds
            ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds + 30), Client.Time)
            : new CancellationTokenSource();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, cutOff.Token);
        var request = new ApiRequest(HttpMethod.Get, Kind.Path(ns) + options.ToQuery(watch: true), null, null, _format.Accept) { Streaming = true };
        using var response = await Client.SendAsync(request, linked.Token).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
        await foreach (var item in WatchReader.ReadAsync(stream, _format.Read, linked.Token).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    /// <summary>Creates the object in the namespace of its metadata; returns it as stored.</summary>
    public Task<T> CreateAsync(T value, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, Kind.Path(value.Metadata.Namespace), _format.Write(value), null, cancellation);

    /// <summary>Replaces the object; a conflict when it has changed since <paramref name="value"/> was read.</summary>
    public Task<T> UpdateAsync(T value, CancellationToken cancellation = default) => ReplaceAsync(value, null, cancellation);

    /// <summary>As <see cref="UpdateAsync"/>, for the status alone.</summary>
    public Task<T> UpdateStatusAsync(T value, CancellationToken cancellation = default) => ReplaceAsync(value, "status", cancellation);

    /// <summary>Changes the object, or its subresource, in place; returns it as stored.</summary>
    public Task<T> PatchAsync(string? ns, string name, Patch patch, string? subresource = null, CancellationToken cancellation = default)
    {
        var path = Kind.Path(ns, name, subresource);
        if (patch.FieldManager is { } manager)
        {
            path += "?fieldManager=" + Uri.EscapeDataString(manager) + (patch.Force ? "&force=true" : "");
        }

        return SendAsync(HttpMethod.Patch, path, patch.Body, patch.ContentType, cancellation);
    }

    /// <summary>
    /// Deletes the object, or asks it to stop: an object with a grace period or finalizers is still there afterwards,
    /// with a deletion timestamp.
    /// </summary>
    public async Task DeleteAsync(string? ns, string name, DeleteRequest? options = null, CancellationToken cancellation = default) =>
        await Client.RawAsync(HttpMethod.Delete, Kind.Path(ns, name), (options ?? new DeleteRequest()).ToJson(), cancellation: cancellation).ConfigureAwait(false);

    /// <summary>Deletes every object that the selectors of <paramref name="which"/> choose.</summary>
    public async Task DeleteCollectionAsync(
        string? ns, ListQuery? which = null, DeleteRequest? options = null, CancellationToken cancellation = default)
    {
        var path = Kind.Path(ns) + (which ?? new ListQuery()).ToQuery(watch: false);
        await Client.RawAsync(HttpMethod.Delete, path, (options ?? new DeleteRequest()).ToJson(), cancellation: cancellation).ConfigureAwait(false);
    }

    private Task<T> ReplaceAsync(T value, string? subresource, CancellationToken cancellation)
    {
        var name = value.Metadata.Name ?? throw new ArgumentException("the object has no name", nameof(value));
        return SendAsync(HttpMethod.Put, Kind.Path(value.Metadata.Namespace, name, subresource), _format.Write(value), null, cancellation);
    }

    private async Task<T> SendAsync(HttpMethod method, string path, byte[]? body, string? contentType, CancellationToken cancellation)
    {
        var raw = await Client.RawAsync(method, path, body, contentType, _format.Accept, cancellation).ConfigureAwait(false);
        try
        {
            return _format.Read(raw.Body);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{method} {path}: the answer is no {Kind.Kind}: {e.Message}", e);
        }
    }
}
