namespace Kube.Rpc.Server;

/// <summary>The names of the services mapped in a host, and whether the answer for unknown ones is in place.</summary>
internal sealed class MappedServices
{
    private readonly Lock _sync = new();
    private readonly HashSet<string> _names = [];
    private readonly HashSet<object> _fallbacks = new(ReferenceEqualityComparer.Instance);

    public bool Contains(string name)
    {
        lock (_sync)
        {
            return _names.Contains(name);
        }
    }

    public void Add(string name)
    {
        lock (_sync)
        {
            _names.Add(name);
        }
    }

    /// <summary>True the first time for a set of endpoints.</summary>
    public bool TryAddFallback(object endpoints)
    {
        lock (_sync)
        {
            return _fallbacks.Add(endpoints);
        }
    }
}
