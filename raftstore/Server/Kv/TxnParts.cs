using System.Buffers;
using Etcd.V3;
using Google.Protobuf;
using Kube.Base;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Mvcc;
using Kube.Rpc.Server;

namespace Kube.RaftStore.Server.Kv;

/// <summary>
/// The answer to a transaction as a <see cref="TxnResponse"/> on the wire, piece by piece. How long each of its late ranges is was found out
/// before the first byte; what one holds is looked for when its turn comes, so that the keys of one are in memory at a time.
/// </summary>
internal sealed class TxnParts : IMessageParts
{
    /// <summary>What a key in the list of those that were found takes.</summary>
    private const int ListedKeyBytes = 8;

    private readonly TxnAnswer _answer;
    private readonly IValueStore _values;
    private readonly Dictionary<RangeResponse, RangeExtent> _extents = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TxnResponse, long> _lengths = new(ReferenceEqualityComparer.Instance);
    private readonly IEnumerator<bool> _pieces;
    private IBufferWriter<byte> _output = null!;

    /// <param name="answer">The answer, its header complete; what its ranges find must stay readable until all is written.</param>
    /// <param name="values">Where the values are.</param>
    public TxnParts(TxnAnswer answer, IValueStore values)
    {
        _answer = answer;
        _values = values;
        foreach (var (response, range) in answer.Late)
        {
            var extent = RangeParts.Measure(range);
            _extents.Add(response, extent);
            HeldBytes = Math.Max(HeldBytes, (extent.Shown * ListedKeyBytes) + extent.LargestBytes);
        }
        LengthBytes = LengthOf(answer.Response);
        _pieces = Pieces(answer.Response).GetEnumerator();
    }

    public long LengthBytes { get; }

    /// <summary>Memory that is needed at a time at most.</summary>
    public long HeldBytes { get; }

    /// <inheritdoc/>
    /// <exception cref="ValueGoneException">A value was given up.</exception>
    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        _output = output;
        return _pieces.MoveNext();
    }

    private IEnumerable<bool> Pieces(TxnResponse response)
    {
        Head(response).WriteTo(_output);
        yield return true;
        foreach (var op in response.Responses)
        {
            var length = LengthOf(op);
            WireParts.WriteTagAndLength(_output, TxnResponse.ResponsesFieldNumber, length);
            if (op.ResponseTxn is { } nested)
            {
                WireParts.WriteTagAndLength(_output, ResponseOp.ResponseTxnFieldNumber, _lengths[nested]);
                foreach (var piece in Pieces(nested))
                {
                    yield return piece;
                }
            }
            else if (op.ResponseRange is { } range && _answer.Late.TryGetValue(range, out var late))
            {
                var parts = Find(range, late);
                WireParts.WriteTagAndLength(_output, ResponseOp.ResponseRangeFieldNumber, parts.LengthBytes);
                while (parts.TryWriteNext(_output))
                {
                    yield return true;
                }
            }
            else
            {
                op.WriteTo(_output);
                yield return true;
            }
        }
    }

    private RangeParts Find(RangeResponse response, LateRange range)
    {
        var (result, extent) = (range.Find(), _extents[response]);
        Invariant.Check(
            result.Status == extent.Status && result.Versions.Count == extent.Shown && result.Count == extent.Count,
            $"a range had {extent.Shown} keys of {extent.Count} and now has {result.Versions.Count} of {result.Count}");
        return new RangeParts(result, extent, response.Header, range.KeysOnly, _values);
    }

    private long LengthOf(TxnResponse response)
    {
        long length = Head(response).CalculateSize();
        foreach (var op in response.Responses)
        {
            length += WireParts.FieldSizeOf(LengthOf(op));
        }
        _lengths[response] = length;
        return length;
    }

    private long LengthOf(ResponseOp op)
    {
        if (op.ResponseTxn is { } nested)
        {
            return WireParts.FieldSizeOf(_lengths.TryGetValue(nested, out var known) ? known : LengthOf(nested));
        }
        return op.ResponseRange is { } range && _extents.TryGetValue(range, out var extent)
            ? WireParts.FieldSizeOf(RangeParts.LengthOf(range.Header, extent))
            : op.CalculateSize();
    }

    /// <summary>What stands before the answers of the operations.</summary>
    private static TxnResponse Head(TxnResponse response) => new() { Header = response.Header, Succeeded = response.Succeeded };
}
