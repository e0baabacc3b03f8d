namespace Kube.Robustness.Chaos.Cluster;

/// <summary>What connects members and clients, and what can be done to it. Not thread-safe.</summary>
internal interface INetwork
{
    /// <summary>Whether links can be cut, made lossy and slow.</summary>
    bool CanFail { get; }

    /// <summary>Makes room for a member and gives its address.</summary>
    Task<MemberAddress> AddAsync(int number);

    /// <summary>The words before a member's command line that put it there; they execute it in place, same process id.</summary>
    IReadOnlyList<string> Enter(int number);

    /// <summary>Sets for every direction of every link how much gets lost, 0 to 100; what is not named loses nothing.
    /// Number 0 is the clients.</summary>
    Task SetLossAsync(IReadOnlyDictionary<(int From, int To), int> percent);

    /// <summary>Limits what a member can receive, in kbit/s; null for no limit.</summary>
    Task SetRateAsync(int number, int? kbits);
}
