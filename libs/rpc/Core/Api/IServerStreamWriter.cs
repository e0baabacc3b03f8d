namespace Grpc.Core;

/// <summary>
/// Sends the responses of a call. A write on a call that was cancelled throws <see cref="OperationCanceledException"/>.
/// </summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
