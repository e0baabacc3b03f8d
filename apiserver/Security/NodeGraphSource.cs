using System.Text.Json;
using Kube.Api.Core.V1;
using Kube.Api.Json;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Nodes;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Storage.WatchCache;

namespace Kube.ApiServer.Security;

/// <summary>
/// The Node authorizer over the pods of the cache: before a node's question is answered, the graph takes in what has
/// changed since the last one. Thread-safe.
/// </summary>
internal sealed class NodeGraphSource(ResourceRegistry registry) : IAuthorizer
{
    private readonly Lock _lock = new();
    private readonly ResourceCache _pods = registry.Get("", "v1", "pods").Cache;
    private readonly CacheEvent[] _events = new CacheEvent[256];
    private NodeGraph _graph = new();
    private CacheCursor? _cursor;

    public ValueTask<AuthorizationResult> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellationToken) =>
        NodeAuthorizer.NodeOf(attributes.User) is null
            ? ValueTask.FromResult(default(AuthorizationResult))
            : new NodeAuthorizer(Current()).AuthorizeAsync(attributes, cancellationToken);

    private NodeGraph Current()
    {
        lock (_lock)
        {
            while (_cursor is not null)
            {
                if (!_cursor.TryRead(_events, out var count))
                {
                    _cursor = null;
                    break;
                }

                if (count == 0)
                {
                    return _graph;
                }

                foreach (var change in _events.AsSpan(0, count))
                {
                    Apply(change);
                }
            }

            StartOver();
            return _graph;
        }
    }

    private void Apply(CacheEvent change)
    {
        if (change.Current is { } current)
        {
            // What a pod refers to is in its spec, and most changes are of its status.
            if (change.Previous is not { } before || !SpecOf(before.Json).SequenceEqual(SpecOf(current.Json)))
            {
                _graph.Set(Read(current));
            }
        }
        else if (change.Previous is { } previous)
        {
            _graph.Remove(Read(previous).Metadata.Uid!);
        }
    }

    private void StartOver()
    {
        _graph = new NodeGraph();
        if (_pods.OpenWithSnapshot() is not { } open)
        {
            return;
        }

        foreach (var cached in open.Snapshot.Objects.Range(""))
        {
            _graph.Set(Read(cached));
        }

        _cursor = open.Cursor;
    }

    /// <summary>The bytes of the spec; none when there is no spec.</summary>
    internal static ReadOnlySpan<byte> SpecOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSpec = reader.ValueTextEquals("spec"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isSpec)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return [];
    }

    private static Pod Read(CachedObject cached) => KubeJson.Deserialize<Pod>(cached.Json);
}
