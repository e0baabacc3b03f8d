namespace Kube.RaftStore.Raft.Configuration;

/// <summary>One step of a membership change.</summary>
public enum ConfChangeKind : byte
{
    /// <summary>Adds a voter, or promotes a learner.</summary>
    AddVoter = 0,
    Remove = 1,

    /// <summary>Adds a learner, or demotes a voter.</summary>
    AddLearner = 2,
}

/// <summary>One member's part of a change.</summary>
public readonly record struct ConfChangeStep(ConfChangeKind Kind, ulong MemberId);

/// <summary>Whether a change goes by way of a joint configuration.</summary>
public enum ConfChangeTransition : byte
{
    /// <summary>One voter at a time directly, more by a joint configuration that the leader leaves by itself.</summary>
    Auto = 0,

    /// <summary>Joint; the leader leaves by itself.</summary>
    JointImplicit = 1,

    /// <summary>Joint, until a change without steps is proposed.</summary>
    JointExplicit = 2,
}

/// <summary>A membership change as proposed. Without steps it leaves a joint configuration.</summary>
public sealed record ConfChange(ConfChangeTransition Transition, IReadOnlyList<ConfChangeStep> Steps)
{
    /// <summary>The <see cref="ConfState.Fingerprint"/> of the membership that the proposer decided upon: where another is in
    /// force the leader refuses. 0 for any.</summary>
    public ulong Base { get; init; }

    /// <summary>Whether the leader refuses to make a voter of a learner that is far behind.</summary>
    public bool LearnersMustBeReady { get; init; }

    public static ConfChange LeaveJoint { get; } = new(ConfChangeTransition.Auto, []);

    public static ConfChange Single(ConfChangeKind kind, ulong memberId) =>
        new(ConfChangeTransition.Auto, [new ConfChangeStep(kind, memberId)]);

    public bool IsLeaveJoint => Steps.Count == 0 && Transition == ConfChangeTransition.Auto;

    /// <summary>Whether it enters a joint configuration: asked for, or more than one step.</summary>
    public bool EntersJoint => Transition != ConfChangeTransition.Auto || Steps.Count > 1;

    public bool AutoLeave => Transition != ConfChangeTransition.JointExplicit;
}

/// <summary>Why a leader did not admit a membership change.</summary>
public enum ConfChangeRefusal : byte
{
    /// <summary>The membership in force does not allow it, or it is malformed.</summary>
    NotAllowed = 0,

    /// <summary>Another change is under way.</summary>
    Pending = 1,

    /// <summary>The membership is another than the proposer knew (<see cref="ConfChange.Base"/>).</summary>
    Stale = 2,

    /// <summary>The learner to be promoted is too far behind (<see cref="ConfChange.LearnersMustBeReady"/>).</summary>
    LearnerNotReady = 3,
}

/// <summary>A membership change that the configuration in force does not admit.</summary>
public sealed class ConfChangeException(string message) : Exception(message);
