using Kube.Robustness.Chaos.Cluster;

namespace Kube.Robustness.Chaos.Faults;

/// <summary>Losses on links that several faults ask for at once: each direction has the largest of what is asked.</summary>
internal sealed class LinkFaults(INetwork network) : IDisposable
{
    /// <summary>The number of the clients in the network.</summary>
    public const int Clients = 0;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<object, IReadOnlyDictionary<(int From, int To), int>> _wanted = [];

    /// <summary>Puts losses in force until <see cref="RemoveAsync"/>; replaces what the owner wanted before.</summary>
    public Task SetAsync(object owner, IReadOnlyDictionary<(int From, int To), int> percent) => ChangeAsync(() => _wanted[owner] = percent);

    public Task RemoveAsync(object owner) => ChangeAsync(() => _wanted.Remove(owner));

    /// <summary>Cuts both directions between each of one side and each of the other.</summary>
    public static Dictionary<(int From, int To), int> Cut(IEnumerable<int> side, IEnumerable<int> otherSide)
    {
        var cut = new Dictionary<(int From, int To), int>();
        var others = otherSide.ToList();
        foreach (var one in side)
        {
            foreach (var other in others)
            {
                cut[(one, other)] = 100;
                cut[(other, one)] = 100;
            }
        }

        return cut;
    }

    public void Dispose() => _gate.Dispose();

    private async Task ChangeAsync(Action change)
    {
        await _gate.WaitAsync();
        try
        {
            change();
            var all = new Dictionary<(int From, int To), int>();
            foreach (var (link, percent) in _wanted.Values.SelectMany(wanted => wanted))
            {
                all[link] = Math.Max(all.GetValueOrDefault(link), percent);
            }

            await network.SetLossAsync(all);
        }
        finally
        {
            _gate.Release();
        }
    }
}
