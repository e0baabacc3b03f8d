namespace Kube.Client.Informers;

/// <summary>A handler made of functions; a missing one does nothing.</summary>
internal sealed class DelegateHandler<T>(Action<T>? added, Action<T, T>? updated, Action<T, bool>? deleted) : IInformerHandler<T>
    where T : class, IKubeObject
{
    public void Added(T value, bool isInitial) => added?.Invoke(value);

    public void Updated(T old, T value) => updated?.Invoke(old, value);

    public void Deleted(T value, bool finalStateUnknown) => deleted?.Invoke(value, finalStateUnknown);
}
