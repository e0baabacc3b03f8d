namespace Kube.Controllers.Framework;

/// <summary>How a reconcile ended when it did not throw.</summary>
/// <param name="RequeueAfter">Look again after this time even if nothing changes; never when null.</param>
public readonly record struct ReconcileResult(TimeSpan? RequeueAfter)
{
    /// <summary>Nothing to do until something changes.</summary>
    public static ReconcileResult Done => default;

    public static ReconcileResult After(TimeSpan wait) => new(wait);
}
