using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Raft.Quorum;

namespace Kube.RaftStore.Raft.Tracker;

/// <summary>The membership in force with the progress of every member, and the votes of an election.</summary>
public sealed class ProgressTracker
{
    private readonly Dictionary<ulong, bool> _votes = [];
    private readonly HashSet<ulong> _unproven = [];
    private readonly Func<ulong, ulong> _matchOf;

    public ProgressTracker(int maxInflightMessages, long maxInflightBytes)
    {
        MaxInflightMessages = maxInflightMessages;
        MaxInflightBytes = maxInflightBytes;
        _matchOf = id => Progress.TryGetValue(id, out var progress) ? progress.Match : 0;
    }

    public int MaxInflightMessages { get; }

    public long MaxInflightBytes { get; }

    public Membership Membership { get; private set; } = Membership.Empty;

    /// <summary>By member id, in ascending order: what a leader does member by member is the same in every run.</summary>
    public SortedDictionary<ulong, Progress> Progress { get; private set; } = [];

    public void Switch(Membership membership, SortedDictionary<ulong, Progress> progress)
    {
        Membership = membership;
        Progress = progress;
        foreach (var (id, one) in progress)
        {
            one.IsLearner = membership.Learners.Contains(id);
        }
    }

    /// <summary>The largest index on a quorum.</summary>
    public ulong CommittedIndex => Membership.Voters.CommittedIndex(_matchOf);

    /// <summary>Whether a quorum was heard from in the current election time-out.</summary>
    public bool IsQuorumActive =>
        Membership.Voters.Tally(id => Progress.TryGetValue(id, out var p) && p.RecentActive) == VoteResult.Won;

    public void ResetVotes()
    {
        _votes.Clear();
        _unproven.Clear();
    }

    /// <summary>Notes a vote; the first one of a voter counts.</summary>
    /// <param name="isUnproven">True when the voter may have lost what it promised before.</param>
    public void RecordVote(ulong id, bool granted, bool isUnproven = false)
    {
        if (_votes.TryAdd(id, granted) && isUnproven)
        {
            _unproven.Add(id);
        }
    }

    /// <summary>
    /// The state of the election. A grant of a voter that may have forgotten what it acknowledged says nothing, unless all voters grant: whoever
    /// still has what it forgot would not. So a cluster's first election, in which nobody has been filled yet, takes all of its members.
    /// </summary>
    public VoteResult Tally()
    {
        var tally = Membership.Voters.Tally(VoteOf);
        return tally != VoteResult.Won
            || Membership.Voters.Tally(id => _unproven.Contains(id) ? null : VoteOf(id)) == VoteResult.Won
            || Membership.Voters.Ids.All(id => VoteOf(id) == true)
            ? tally
            : VoteResult.Pending;
    }

    private bool? VoteOf(ulong id) => _votes.TryGetValue(id, out var granted) ? granted : null;

    /// <summary>A tracker entry for a member at its start.</summary>
    public Progress NewProgress(ulong match, ulong next, bool isLearner) =>
        new(match, next, new Inflights(MaxInflightMessages, MaxInflightBytes), isLearner);
}
