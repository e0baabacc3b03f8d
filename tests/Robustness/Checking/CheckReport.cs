using System.Text;

namespace Kube.Robustness.Checking;

/// <summary>The promises that a history is checked against.</summary>
public enum Guarantee
{
    /// <summary>The history does not show enough to decide: a revision that nothing explains and no watch has seen.</summary>
    Incomplete,

    /// <summary>Every acknowledged write is in the store's history, once, with the revision it was acknowledged with.</summary>
    NoLostWrite,

    /// <summary>Every revision comes from exactly one operation, and that one was asked for before.</summary>
    NoWriteFromNowhere,

    /// <summary>An answer is what the state at its revision gives.</summary>
    RightAnswer,

    /// <summary>What was invoked after another operation had returned takes effect after it.</summary>
    RealTimeOrder,

    /// <summary>Events come in the order of revisions, and none from before a progress notification after it.</summary>
    WatchOrdered,

    /// <summary>No event comes twice.</summary>
    WatchUnique,

    /// <summary>The events of one revision come in one response, or in its fragments.</summary>
    WatchAtomic,

    /// <summary>No event is left out between the start of a watch and where it has come to.</summary>
    WatchReliable,

    /// <summary>A watch tells of everything from the revision on that it was asked to start from, or is refused as compacted.</summary>
    WatchResumable,

    /// <summary>A progress notification comes after all events up to its revision.</summary>
    WatchBookmarkable,

    /// <summary>The version before a change is the one that there was.</summary>
    WatchPrevious,

    /// <summary>All watches tell of the same change in the same way.</summary>
    WatchAgreement,

    /// <summary>Nothing is compacted that nobody asked to compact.</summary>
    CompactionBound,

    /// <summary>A lease does not end before its time to live has passed since its last renewal.</summary>
    LeaseNotEarly,
}

/// <summary>One promise that was broken.</summary>
public sealed record Violation(Guarantee Guarantee, string Message)
{
    public override string ToString() => $"{Guarantee}: {Message}";
}

/// <summary>What a check found.</summary>
public sealed class CheckReport
{
    private const int MaxKept = 100;
    private readonly List<Violation> _violations = [];

    /// <summary>What was broken, the first hundred of it.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    public int ViolationCount { get; private set; }

    public bool IsSound => ViolationCount == 0;

    public int Completed { get; internal set; }

    public int Refused { get; internal set; }

    public int Unknown { get; internal set; }

    /// <summary>Acknowledged operations that changed the store.</summary>
    public int AcknowledgedWrites { get; internal set; }

    /// <summary>Operations without answer of which the history shows that they took effect.</summary>
    public int UnknownThatTookEffect { get; internal set; }

    public int LeasesEnded { get; internal set; }

    public int Watches { get; internal set; }

    public long EventsDelivered { get; internal set; }

    /// <summary>The last revision that the history shows.</summary>
    public long LastRevision { get; internal set; }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{Completed} operations completed ({AcknowledgedWrites} writes acknowledged), {Refused} refused, {Unknown} without answer ")
            .Append($"({UnknownThatTookEffect} took effect); {LeasesEnded} leases ended; ")
            .Append($"{Watches} watches, {EventsDelivered} events; last revision {LastRevision}; {ViolationCount} violations");
        foreach (var violation in _violations)
        {
            text.Append('\n').Append(violation);
        }

        return text.ToString();
    }

    internal void Add(Guarantee guarantee, string message)
    {
        ViolationCount++;
        if (_violations.Count < MaxKept)
        {
            _violations.Add(new Violation(guarantee, message));
        }
    }
}
