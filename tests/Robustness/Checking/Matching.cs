namespace Kube.Robustness.Checking;

/// <summary>A largest matching in a bipartite graph, by augmenting paths (Kuhn, 1955).</summary>
internal sealed class Matching(int rightCount)
{
    private readonly List<int[]> _edges = [];
    private readonly int[] _partnerOfRight = Filled(rightCount);

    /// <summary>The left node that a right node went to, -1 for none.</summary>
    public int PartnerOf(int right) => _partnerOfRight[right];

    /// <summary>Adds a left node with what it could go with, in order of preference; false when no matching has a place for it.</summary>
    public bool TryAdd(int[] edges)
    {
        _edges.Add(edges);
        return TryAugment(_edges.Count - 1, []);
    }

    private bool TryAugment(int left, HashSet<int> seen)
    {
        foreach (var right in _edges[left])
        {
            if (seen.Add(right) && (_partnerOfRight[right] < 0 || TryAugment(_partnerOfRight[right], seen)))
            {
                _partnerOfRight[right] = left;
                return true;
            }
        }

        return false;
    }

    private static int[] Filled(int count)
    {
        var partners = new int[count];
        Array.Fill(partners, -1);
        return partners;
    }
}
