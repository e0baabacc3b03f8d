namespace Kube.RaftStore.Server.Replication;

/// <summary>What a turn of a loop came to.</summary>
internal enum Turn
{
    /// <summary>Something was done; there may be more.</summary>
    Worked,

    /// <summary>There was nothing to do: the next turn is due when the loop is woken.</summary>
    Idle,

    /// <summary>The loop is over.</summary>
    Ended,
}

/// <summary>
/// Gives the loops of a member their turns: a thread for each in a process, one step after another on one thread in the
/// simulator. The loops themselves are the same and never wait by themselves.
/// </summary>
internal interface ILoopRunner
{
    /// <summary>Prepares a loop; turns begin with <see cref="ILoop.Start"/> and are never given two at a time.</summary>
    ILoop Create(string name, Func<Turn> turn);

    /// <summary>Runs a longer piece of work beside the loops.</summary>
    Task Run(Action work);
}

/// <summary>A loop under a runner.</summary>
internal interface ILoop
{
    /// <summary>Completes when a turn has said that the loop is over.</summary>
    Task Ended { get; }

    /// <summary>Begins with a first turn.</summary>
    void Start();

    /// <summary>Has at least one turn follow from now on. From any thread, and before the start.</summary>
    void Wake();
}
