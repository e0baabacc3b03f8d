namespace Kube.Controllers.GarbageCollection;

/// <summary>From apiVersion and kind to the resource that serves it. Replaced as a whole by each discovery.</summary>
internal sealed class ResourceMap
{
    private readonly Dictionary<(string Group, string Kind), ResourceKind> _byKind = [];

    public ResourceMap(IEnumerable<ResourceKind> kinds)
    {
        foreach (var kind in kinds)
        {
            _byKind.TryAdd((kind.Group, kind.Kind), kind);
        }
    }

    /// <summary>Null when no such kind is served. Any version of a group leads to the preferred one.</summary>
    public ResourceKind? Find(string? apiVersion, string? kind)
    {
        var group = apiVersion?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? apiVersion[..slash] : "";
        return _byKind.GetValueOrDefault((group, kind ?? ""));
    }
}
