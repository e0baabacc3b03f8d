using Etcd.V3;
using Kube.RaftStore.Mvcc;

namespace Kube.RaftStore.Server.Kv;

/// <summary>A call that writes a large answer to a range itself, in a form of its own, instead of having it built in memory.</summary>
internal interface ILargeRangeWriter
{
    /// <summary>
    /// Writes the one answer of the call, each value read when its turn comes, no faster than the client takes it. Comes back, and the
    /// answer is torn, when the client is gone or takes nothing for so long.
    /// </summary>
    /// <param name="result">What was found; its values must stay readable until all is written.</param>
    /// <param name="header">The header, complete.</param>
    /// <param name="keysOnly">Whether the values stay out.</param>
    /// <param name="values">Where they are.</param>
    /// <param name="stallLimit">The time within which the client must take a part.</param>
    /// <exception cref="ValueGoneException">A value was given up.</exception>
    Task WriteAsync(RangeResult result, ResponseHeader header, bool keysOnly, IValueStore values, TimeSpan stallLimit);
}
