namespace Kube.RaftStore.Server.Upkeep;

/// <summary>When the members compare their histories.</summary>
/// <param name="OnStart">A member compares itself with the others when it starts, and ends if it differs.</param>
/// <param name="Interval">How often the leader has all compared; zero for never.</param>
/// <param name="OnlyAfterCompaction">Whether the leader leaves a check out when nothing was compacted since the last.</param>
public sealed record HashCheckOptions(bool OnStart, TimeSpan Interval, bool OnlyAfterCompaction);
