using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Raft.Configuration;
using Kube.RaftStore.Server.Access;
using Kube.RaftStore.Server.Kv;
using Kube.Store.V1;

namespace Kube.RaftStore.Server;

/// <summary>
/// What the services share: the state, the log, and the ways from a request to an answer. Thread-safe.
/// </summary>
public sealed class StoreServer
{
    private readonly ProposalClock _clock;
    private int _pendingProposals;
    private long _failedProposals;
    private long _failedReads;

    /// <param name="options">What the services need to know.</param>
    /// <param name="machine">The state.</param>
    /// <param name="log">The log that drives it.</param>
    /// <param name="time">The clock by which log-ins are forgotten.</param>
    public StoreServer(StoreServerOptions options, StoreStateMachine machine, IReplicatedLog log, TimeProvider time)
    {
        Options = options;
        Machine = machine;
        Log = log;
        Access = new AccessControl(this, time);
        _clock = new ProposalClock(log, time, options.ElectionTimeout);
        AnswerBudget = new AnswerBudget(options.MaxAnswerBytes, options.AnswerPatience, time);
    }

    public StoreServerOptions Options { get; }

    public StoreStateMachine Machine { get; }

    public IReplicatedLog Log { get; }

    /// <summary>Who asks, and whether he may.</summary>
    public AccessControl Access { get; }

    /// <summary>What large answers may take in memory.</summary>
    internal AnswerBudget AnswerBudget { get; }

    /// <summary>Bytes of memory taken by large answers that are on their way.</summary>
    public long AnswerBytes => AnswerBudget.TakenBytes;

    /// <summary>Large answers that wait for room.</summary>
    public int WaitingAnswers => AnswerBudget.WaitingCount;

    /// <summary>Proposals of this member that wait for their answer.</summary>
    public int PendingProposals => Volatile.Read(ref _pendingProposals);

    /// <summary>Proposals of this member that were not committed, or of which that is not known.</summary>
    public long FailedProposals => Interlocked.Read(ref _failedProposals);

    /// <summary>Reads that could not be proved current.</summary>
    public long FailedReads => Interlocked.Read(ref _failedReads);

    /// <summary>Proposes a command in the name of whoever makes the call.</summary>
    /// <exception cref="RpcException">The command was refused or its outcome is unknown, in etcd's words.</exception>
    public async ValueTask<T> ProposeAsync<T>(Command command, ServerCallContext context)
        where T : class
    {
        RefuseOnLearner();
        var caller = await Access.IdentifyAsync(context);
        (command.Caller, command.AuthRevision) = (caller.Name, caller.AuthRevision);
        var begun = _clock.Begin();
        try
        {
            return await ProposeAsync<T>(command, context.CancellationToken);
        }
        catch (OperationCanceledException) when (_clock.IsOver(context))
        {
            throw _clock.TimedOut(begun);
        }
    }

    /// <summary>Proposes a command in the store's own name and gives the state machine's answer; a learner may too.</summary>
    /// <exception cref="RpcException">The command was refused or its outcome is unknown, in etcd's words.</exception>
    public async ValueTask<T> ProposeAsync<T>(Command command, CancellationToken cancellationToken)
        where T : class
    {
        if (command.CalculateSize() > Options.MaxRequestBytes)
        {
            throw Refuse(EtcdError.RequestTooLarge);
        }
        var begun = _clock.Begin();
        Interlocked.Increment(ref _pendingProposals);
        try
        {
            return Answer<T>(await Log.ProposeAsync(command.ToByteArray(), cancellationToken));
        }
        catch (ReplicationException e) when (e.Reason is ReplicationFailure.Timeout or ReplicationFailure.NoLeader)
        {
            Interlocked.Increment(ref _failedProposals);
            throw _clock.TimedOut(begun);
        }
        catch (ReplicationException e)
        {
            Interlocked.Increment(ref _failedProposals);
            throw Refuse(ToError(e.Reason));
        }
        finally
        {
            Interlocked.Decrement(ref _pendingProposals);
        }
    }

    /// <summary>Proposes a change of Raft's configuration with the command that belongs to it.</summary>
    /// <returns>False when another change stands in the way or has come in between: to be decided upon anew.</returns>
    /// <exception cref="RpcException">It was refused or its outcome is unknown, in etcd's words.</exception>
    public async ValueTask<bool> TryProposeConfChangeAsync(ConfChange change, Command command, CancellationToken cancellationToken)
    {
        try
        {
            Answer<object>(await Log.ProposeConfChangeAsync(change, command.ToByteArray(), cancellationToken));
            return true;
        }
        catch (ReplicationException e) when (e.Reason == ReplicationFailure.ConfChangePending)
        {
            return false;
        }
        catch (ReplicationException e)
        {
            throw Refuse(ToError(e.Reason));
        }
    }

    /// <summary>Waits until a client's local read is linearizable.</summary>
    /// <exception cref="RpcException">Leadership could not be proved, in etcd's words.</exception>
    public ValueTask ReadBarrierAsync(CancellationToken cancellationToken)
    {
        RefuseOnLearner();
        return OwnReadBarrierAsync(cancellationToken);
    }

    /// <summary>Waits until a local read of this member's own is linearizable.</summary>
    /// <exception cref="RpcException">Leadership could not be proved, in etcd's words.</exception>
    public async ValueTask OwnReadBarrierAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Log.ReadIndexAsync(cancellationToken);
        }
        catch (ReplicationException e)
        {
            Interlocked.Increment(ref _failedReads);
            throw Refuse(ToError(e.Reason));
        }
    }

    /// <summary>Refuses, on a member without a vote, what etcd has such a member refuse: all but serializable reads and
    /// questions for its state.</summary>
    /// <exception cref="RpcException">This member is a learner.</exception>
    public void RefuseOnLearner()
    {
        if (Log.Status.IsLearner || IsJoiningAsLearner)
        {
            throw Refuse(EtcdError.NotForLearner);
        }
    }

    /// <summary>Whether this member was told that it is a learner and has not yet seen the log to the contrary.</summary>
    private bool IsJoiningAsLearner
        => !Machine.Members.IsComplete && Options.Members.Any(member => member.Id == Options.MemberId && member.IsLearner);

    /// <summary>Completes a header: who answers, and the revision where the command gave none.</summary>
    public ResponseHeader Fill(ResponseHeader header)
    {
        header.ClusterId = Options.ClusterId;
        header.MemberId = Options.MemberId;
        header.RaftTerm = Log.Status.Term;
        if (header.Revision == 0)
        {
            header.Revision = Machine.Store.CurrentRevision;
        }
        return header;
    }

    /// <summary>A header of the store as it is now.</summary>
    public ResponseHeader NewHeader() => Fill(new ResponseHeader());

    /// <summary>
    /// Refuses a call that asks for a member with a leader (metadata "hasleader") while this one knows none.
    /// </summary>
    public void CheckLeader(ServerCallContext context)
    {
        if (Log.Status.LeaderId == 0 && RequiresLeader(context))
        {
            throw Refuse(EtcdError.NoLeader);
        }
    }

    internal static bool RequiresLeader(ServerCallContext context) => context.RequestHeaders.GetValue("hasleader") == "true";

    private static T Answer<T>(object? result)
        where T : class
        => result is EtcdError error
            ? throw Refuse(error)
            : result as T ?? throw new InvalidOperationException($"the state machine answered {result?.GetType().Name ?? "nothing"}");

    internal static RpcException Refuse(EtcdError error) => new(new Status(error.Code, error.Text));

    internal static EtcdError ToError(ReplicationFailure failure) => failure switch
    {
        ReplicationFailure.NoLeader => EtcdError.NoLeader,
        ReplicationFailure.LeaderChanged => EtcdError.LeaderChanged,
        ReplicationFailure.TooManyRequests => EtcdError.TooManyRequests,
        ReplicationFailure.NoSpace => EtcdError.NoSpace,
        ReplicationFailure.Stopped => EtcdError.Stopped,
        ReplicationFailure.LearnerNotReady => EtcdError.LearnerNotReady,
        _ => EtcdError.Timeout,
    };
}
