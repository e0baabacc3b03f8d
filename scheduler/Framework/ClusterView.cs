namespace Kube.Scheduler.Framework;

/// <summary>
/// The nodes at one moment, in order, with columns over them. Changed between scheduling cycles only, by whoever owns
/// it; used by one thread at a time.
/// </summary>
public class ClusterView
{
    /// <summary>Changes remembered; whoever is further behind compares all nodes.</summary>
    private const int RememberedChanges = 4096;

    private readonly Dictionary<string, Topology> _topologies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly int[] _changes = new int[RememberedChanges];
    private readonly HashSet<int> _withAffinity = [];
    private NodeInfo[] _nodes = [];

    public ClusterView(IEnumerable<NodeInfo> nodes, IClusterFacts? facts = null)
    {
        Facts = facts ?? NoFacts.Instance;
        Reset(nodes);
    }

    public IClusterFacts Facts { get; }

    public ReadOnlySpan<NodeInfo> Nodes => _nodes;

    public int Count => _nodes.Length;

    /// <summary>Another object after every change of the nodes' number, order or labels: what was worked out by index is void then.</summary>
    public object Epoch { get; private set; } = new();

    /// <summary>Number of single nodes replaced within this epoch.</summary>
    public long Version { get; private set; }

    /// <summary>Indexes of the nodes that have pods with affinity.</summary>
    public IReadOnlyCollection<int> NodesWithAffinity => _withAffinity;

    /// <summary>The node's place, or -1.</summary>
    public int IndexOf(string name) => _indexes.GetValueOrDefault(name, -1);

    /// <summary>The domains that a label key makes of the nodes.</summary>
    public Topology Topology(string key)
    {
        if (!_topologies.TryGetValue(key, out var topology))
        {
            topology = new Topology(key, _nodes);
            _topologies.Add(key, topology);
        }

        return topology;
    }

    /// <summary>Indexes of the nodes replaced since a version of this epoch, some perhaps twice; false when that is too long ago to tell.</summary>
    public bool TryChangesSince(long version, List<int> into)
    {
        if (Version - version > RememberedChanges)
        {
            return false;
        }

        for (var i = version; i < Version; i++)
        {
            into.Add(_changes[i % RememberedChanges]);
        }

        return true;
    }

    /// <summary>Begins a new epoch with these nodes.</summary>
    protected void Reset(IEnumerable<NodeInfo> nodes)
    {
        _nodes = [.. nodes];
        _topologies.Clear();
        _indexes.Clear();
        _withAffinity.Clear();
        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i].Index = i;
            _indexes[_nodes[i].Name] = i;
            NoteAffinity(i);
        }

        Epoch = new object();
        Version = 0;
    }

    /// <summary>Puts a newer copy in a node's place. Its labels must be those of the older one.</summary>
    protected void Replace(int index, NodeInfo node)
    {
        node.Index = index;
        _nodes[index] = node;
        _changes[Version++ % RememberedChanges] = index;
        NoteAffinity(index);
    }

    private void NoteAffinity(int index)
    {
        if (_nodes[index].PodsWithAffinity.Count > 0)
        {
            _withAffinity.Add(index);
        }
        else
        {
            _withAffinity.Remove(index);
        }
    }
}
