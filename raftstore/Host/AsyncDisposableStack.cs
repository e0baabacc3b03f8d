namespace Kube.RaftStore.Host;

/// <summary>What a start has built so far: disposed in reverse when the start fails half-way, kept when it succeeds.</summary>
internal sealed class AsyncDisposableStack : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _built = [];

    public T Push<T>(T built)
        where T : IAsyncDisposable
    {
        _built.Push(built);
        return built;
    }

    /// <summary>The start has succeeded: nothing is disposed here any more.</summary>
    public void Release() => _built.Clear();

    public async ValueTask DisposeAsync()
    {
        while (_built.TryPop(out var built))
        {
            await built.DisposeAsync().ConfigureAwait(false);
        }
    }
}
