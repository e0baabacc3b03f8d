namespace Grpc.Core;

/// <summary>Sends the requests of a call.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Closes the client's side of the call; nothing can be written after it.</summary>
    Task CompleteAsync();
}
