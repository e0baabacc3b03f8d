using FASTER.core;

namespace Kube.RaftStore.Storage.Device;

/// <summary>
/// FasterLog's commit manager. It stores nothing: at the start it tells FasterLog where this project's own recovery
/// found the log to begin and end, and afterwards durability is the device's sync.
/// </summary>
/// <param name="beginAddress">The start of the first segment.</param>
/// <param name="untilAddress">The end of the last sound record; 0 for a log without records.</param>
internal sealed class RecoveredCommit(long beginAddress, long untilAddress) : ILogCommitManager
{
    private const long CommitNumber = 1;

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public byte[] GetCommitMetadata(long commitNum) => new FasterLogRecoveryInfo
    {
        BeginAddress = beginAddress,
        UntilAddress = untilAddress,
        CommitNum = CommitNumber,
    }.ToByteArray();

    public IEnumerable<long> ListCommits() => untilAddress > 0 ? [CommitNumber] : [];

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
