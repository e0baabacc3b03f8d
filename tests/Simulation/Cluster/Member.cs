using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Simulation.Disk;

namespace Kube.RaftStore.Simulation.Cluster;

/// <summary>A member across its lives: its name, its disk, its clock.</summary>
internal sealed class Member(ulong id, SimulatedDisk disk, double clockRate)
{
    public ulong Id { get; } = id;

    public SimulatedDisk Disk { get; } = disk;

    /// <summary>How fast its clock goes, 1 for as fast as the world's.</summary>
    public double ClockRate { get; } = clockRate;

    public Process? Process { get; set; }

    /// <summary>Its process while it runs.</summary>
    public Process? Running => Process is { IsAlive: true } process ? process : null;

    /// <summary>Whether a client may turn to it: one that was removed is not started again.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Its disk is beyond repair: it will be removed, and another member take its place.</summary>
    public bool IsLost { get; set; }

    public bool HasServed { get; set; }

    /// <summary>Whether the build before the present one is installed on it; it counts from the next start on.</summary>
    public bool HasPreviousBuild { get; set; }

    public void OnProcessEnded(Process process)
    {
        if (Process == process)
        {
            Process = null;
        }
    }
}
