using Etcd.V3;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

/// <summary>
/// A call that writes a large answer itself, in a form of its own, instead of having it built in memory: each value is read when its turn
/// comes, no faster than the client takes it. When the client is gone, or takes nothing for so long, it comes back and the answer is torn.
/// </summary>
internal interface ILargeAnswerWriter
{
    /// <summary>Whose answers share their room: one who asks over a connection for each call is one client all the same.</summary>
    string Client { get; }

    /// <summary>Writes the one answer of the call: a range.</summary>
    /// <param name="result">What was found; its values must stay readable until all is written.</param>
    /// <param name="header">The header, complete.</param>
    /// <param name="keysOnly">Whether the values stay out.</param>
    /// <param name="values">Where they are.</param>
    /// <param name="stallLimit">The time within which the client must take a part.</param>
    /// <exception cref="ValueGoneException">A value was given up.</exception>
    Task WriteAsync(RangeResult result, ResponseHeader header, bool keysOnly, IValueStore values, TimeSpan stallLimit);

    /// <summary>Writes the one answer of the call: a transaction's.</summary>
    /// <param name="answer">The answer, its header complete; what its ranges find must stay readable until all is written.</param>
    /// <param name="values">Where the values are.</param>
    /// <param name="stallLimit">The time within which the client must take a part.</param>
    /// <exception cref="ValueGoneException">A value was given up.</exception>
    Task WriteAsync(TxnAnswer answer, IValueStore values, TimeSpan stallLimit);
}
