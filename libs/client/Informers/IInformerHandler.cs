namespace Kube.Client.Informers;

/// <summary>
/// Is told what changes in an informer's store. The calls come one at a time, in the order of the changes, after the
/// store shows the change and before it shows the next. They run on the informer's own loop, so they hold up everything
/// behind them: put a key into a queue and return. An exception is logged and counted; the informer goes on.
/// </summary>
public interface IInformerHandler<in T>
    where T : class, IKubeObject
{
    /// <param name="value">The new object.</param>
    /// <param name="isInitial">True while the handler is first told what is there already.</param>
    void Added(T value, bool isInitial);

    /// <summary>The object has changed, or a resync repeats it (then both are the same).</summary>
    void Updated(T old, T value);

    /// <param name="value">The last state known.</param>
    /// <param name="finalStateUnknown">
    /// True when the deletion itself was missed (the watch was cut off), so that the object may have changed before it
    /// went.
    /// </param>
    void Deleted(T value, bool finalStateUnknown);
}
