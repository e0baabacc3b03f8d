using System.Text.Json.Nodes;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Endpoints;

/// <summary>Answers one path that is no resource, and what is below it. Thread-safe.</summary>
internal delegate Task PathHandler(ApiRequest request);

/// <summary>
/// Paths that are no resources: health, version, metrics, discovery, OpenAPI. The longest registered path that the
/// request's path is, or is below, handles it. Immutable once the server runs.
/// </summary>
internal sealed class PathEndpoint
{
    private readonly List<(string Path, bool Below, PathHandler Handler)> _handlers = [];

    /// <param name="below">True when the handler also takes the paths below.</param>
    public PathEndpoint Map(string path, PathHandler handler, bool below = false)
    {
        _handlers.Add((path, below, handler));
        _handlers.Sort((a, b) => a.Path.Length != b.Path.Length ? b.Path.Length.CompareTo(a.Path.Length) : a.Below.CompareTo(b.Below));
        return this;
    }

    public Task HandleAsync(ApiRequest request)
    {
        var path = request.Info.Path.Length > 1 ? request.Info.Path.TrimEnd('/') : request.Info.Path;
        foreach (var (known, below, handler) in _handlers)
        {
            if (path == known || (below && path.StartsWith(known, StringComparison.Ordinal) && (known == "/" || path[known.Length] == '/')))
            {
                return handler(request);
            }
        }

        throw ApiErrors.PathNotFound();
    }

    /// <summary>The list of all paths, as the root path answers it.</summary>
    public Task ListAsync(ApiRequest request, IEnumerable<string> discovered)
    {
        var paths = _handlers.Select(h => h.Path).Where(p => p != "/").Concat(discovered).Distinct().Order(StringComparer.Ordinal);
        var answer = new JsonObject { ["paths"] = new JsonArray([.. paths.Select(p => (JsonNode)JsonValue.Create(p))]) };
        return ResponseWriter.WriteObjectAsync(request, 200, answer, null, ResponseWriter.Negotiate(request, allowProtobuf: false) with { Pretty = true });
    }
}
