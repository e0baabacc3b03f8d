namespace Kube.RaftStore.Simulation.Disk;

/// <summary>The process that uses a disk: whose time a sync costs, and which may end at any step.</summary>
internal interface IDiskHost
{
    long NowUs { get; }

    /// <summary>How far the process has come in what it does now, which began at <see cref="NowUs"/>.</summary>
    long LocalUs { get; }

    /// <summary>Lets time pass for what the process does now.</summary>
    void Spend(long us);

    /// <summary>Whether the process is of the build before the present one, and writes its formats.</summary>
    bool IsPreviousBuild { get; }

    /// <summary>A step that the process may not survive.</summary>
    void Step();
}
