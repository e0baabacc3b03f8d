namespace Kube.Controllers.Framework;

/// <summary>How a reconcile ended when it did not throw.</summary>
/// <param name="RequeueAfter">Look again after this time even if nothing changes; never when null.</param>
/// <param name="BackOff">Look again after the queue's back-off, longer each time, though nothing has failed.</param>
public readonly record struct ReconcileResult(TimeSpan? RequeueAfter, bool BackOff = false)
{
    /// <summary>Something else has to happen first that no event will tell of.</summary>
    public static ReconcileResult Again => new(null, BackOff: true);

    /// <summary>Nothing to do until something changes.</summary>
    public static ReconcileResult Done => default;

    public static ReconcileResult After(TimeSpan wait) => new(wait);
}
