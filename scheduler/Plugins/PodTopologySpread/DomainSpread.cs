using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.PodTopologySpread;

/// <summary>How many counted pods each domain of one constraint has. A domain exists while a counted node is in it.</summary>
internal sealed class DomainSpread(Topology topology)
{
    private readonly int[] _pods = new int[topology.Count];
    private readonly int[] _nodes = new int[topology.Count];
    private int _domains;
    private int _least;
    private int _atLeast;
    private bool _isStale = true;

    public Topology Topology => topology;

    public void AddNode(int domain, int sign)
    {
        var before = _nodes[domain];
        _nodes[domain] += sign;
        if (before == 0 || _nodes[domain] == 0)
        {
            _domains += sign;
            _isStale = true;
        }
    }

    public void AddPod(int domain, int sign)
    {
        var before = _pods[domain];
        var after = _pods[domain] += sign;
        if (_isStale)
        {
            return;
        }

        // The number of domains at the minimum tells when it moves, so that it need not be searched for each time.
        _atLeast -= before == _least ? 1 : 0;
        if (after < _least)
        {
            _least = after;
            _atLeast = 1;
        }
        else if (after == _least)
        {
            _atLeast++;
        }

        _isStale = _atLeast == 0;
    }

    public int At(int domain) => _pods[domain];

    /// <summary>The pods of the emptiest domain; 0 when there are fewer domains than asked for.</summary>
    public int Least(int minDomains)
    {
        if (_isStale)
        {
            Search();
        }

        return _domains < minDomains ? 0 : _least;
    }

    private void Search()
    {
        _least = int.MaxValue;
        _atLeast = 0;
        for (var i = 0; i < _pods.Length; i++)
        {
            if (_nodes[i] == 0 || _pods[i] > _least)
            {
                continue;
            }

            _atLeast = _pods[i] == _least ? _atLeast + 1 : 1;
            _least = _pods[i];
        }

        _isStale = _domains == 0;
    }
}
