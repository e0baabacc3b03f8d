using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply.Access;
using Kube.RaftStore.Lease;
using Kube.RaftStore.Mvcc;
using Kube.Store.V1;

namespace Kube.RaftStore.Apply;

/// <summary>
/// The store's state: the key space, leases, alarms and what members told of themselves, driven by the log.
/// </summary>
public sealed partial class StoreStateMachine : IStateMachine
{
    /// <summary>
    /// Versions looked at for compaction with each entry applied, beside what a background task does: more than entries add on the
    /// average, and little enough that a batch of them is not held up.
    /// </summary>
    private const int TrimStepsPerEntry = 8;

    private readonly AuthApplier _applier;
    private ulong _appliedIndex;

    /// <param name="values">Where values are kept.</param>
    /// <param name="clock">This member's lease clock, which the state machine starts and stops leases on.</param>
    public StoreStateMachine(IValueStore values, LeaseClock clock)
    {
        Store = new MvccStore(values);
        Clock = clock;
        _applier = new AuthApplier(
            Auth,
            Leases,
            new AuthChanges(Auth, Store, change => TokensChanged?.Invoke(change)),
            new CountingApplier(Totals, new AlarmApplier(Alarms, new KeySpaceApplier(Store, Leases, clock, Alarms, Members))));
    }

    public MvccStore Store { get; }

    public LeaseTable Leases { get; } = new();

    public LeaseClock Clock { get; }

    public AlarmTable Alarms { get; } = new();

    public MemberTable Members { get; } = new();

    /// <summary>What was done since this process started.</summary>
    public OperationTotals Totals { get; } = new();

    /// <summary>Users and roles.</summary>
    public AuthTable Auth { get; } = new();

    /// <inheritdoc/>
    public ulong AppliedIndex => Volatile.Read(ref _appliedIndex);

    /// <summary>Raised on the applying thread when the store has a new revision, with that revision. Must not block.</summary>
    public event Action<long>? RevisionAdvanced;

    /// <summary>Raised on the applying thread after <see cref="Restore"/> replaced everything. Must not block.</summary>
    public event Action? Restored;

    /// <summary>Raised on the applying thread when a token is given or tokens become void. Must not block.</summary>
    public event Action<TokenChange>? TokensChanged;

    /// <summary>Raised on the applying thread when a comparison of histories begins. Must not block.</summary>
    public event Action<HashMarked>? HashMarked;

    /// <summary>Raised on the applying thread when a member has told its hash. Must not block.</summary>
    public event Action<HashReport>? HashReported;

    /// <inheritdoc/>
    /// <remarks>The answer is a response message, a <see cref="LeaseRenewalResult"/>, a <see cref="LeaseExpiryResult"/>,
    /// a command that has no answer of its own, or an <see cref="EtcdError"/>; null for an empty command.</remarks>
    public object? Apply(ulong index, ulong term, ReadOnlyMemory<byte> command)
    {
        Invariant.Check(index > _appliedIndex, $"entry {index} comes after {_appliedIndex} was applied");
        var before = Store.CurrentRevision;
        var result = command.IsEmpty ? null : Dispatch(Command.Parser.ParseFrom(command.Span), new LogPosition(index, term));
        Volatile.Write(ref _appliedIndex, index);
        if (Store.NeedsTrim)
        {
            Store.TryTrim(TrimStepsPerEntry);
        }
        var after = Store.CurrentRevision;
        if (after != before)
        {
            RevisionAdvanced?.Invoke(after);
        }
        return result;
    }

    private object Dispatch(Command command, LogPosition at)
    {
        _applier.Caller = new Caller(command.Caller, command.AuthRevision);
        switch (command.BodyCase)
        {
            case Command.BodyOneofCase.Put:
                return _applier.Put(command.Put);
            case Command.BodyOneofCase.DeleteRange:
                return _applier.DeleteRange(command.DeleteRange);
            case Command.BodyOneofCase.Txn:
                return _applier.Txn(command.Txn);
            case Command.BodyOneofCase.Compaction:
                return _applier.Compact(command.Compaction);
            case Command.BodyOneofCase.LeaseGrant:
                return _applier.GrantLease(command.LeaseGrant, at);
            case Command.BodyOneofCase.LeaseRevoke:
                return _applier.RevokeLease(command.LeaseRevoke);
            case Command.BodyOneofCase.LeaseRenewal:
                return _applier.RenewLeases(command.LeaseRenewal, at);
            case Command.BodyOneofCase.LeaseExpiry:
                return _applier.ExpireLeases(command.LeaseExpiry);
            case Command.BodyOneofCase.Alarm:
                return _applier.Alarm(command.Alarm);
            case Command.BodyOneofCase.Member:
                return _applier.PublishMember(command.Member);
            case Command.BodyOneofCase.Auth:
                return _applier.ChangeAuth(command.Auth, at);
            case Command.BodyOneofCase.HashMark:
                HashMarked?.Invoke(new HashMarked(at.Index, Store.CurrentRevision, command.HashMark.StartingMember));
                return command.HashMark;
            case Command.BodyOneofCase.HashReport:
                HashReported?.Invoke(command.HashReport);
                return command.HashReport;
            case Command.BodyOneofCase.MemberBootstrap:
                return _applier.BootstrapMembers(command.MemberBootstrap);
            case Command.BodyOneofCase.MemberChange:
                return _applier.ChangeMember(command.MemberChange);
            default:
                // A newer member's command: going on without it would make this member's state differ from theirs.
                throw new InvariantException($"entry {at.Index} holds a command this version does not know");
        }
    }
}
