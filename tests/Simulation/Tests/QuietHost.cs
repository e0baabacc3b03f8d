using Kube.RaftStore.Simulation.Disk;

namespace Kube.RaftStore.Simulation.Tests;

/// <summary>A process of a disk that nothing happens to.</summary>
internal sealed class QuietHost : IDiskHost
{
    public long NowUs { get; set; }

    public long LocalUs => NowUs;

    public bool IsPreviousBuild => false;

    public void Spend(long us) => NowUs += us;

    public void Step()
    {
    }
}
