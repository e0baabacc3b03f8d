using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Kube.RaftStore.Server.Gateway;

/// <summary>Takes JSON values, one behind the other, out of a body as they come. Not thread-safe.</summary>
/// <param name="body">The body.</param>
/// <param name="maxBytes">Longest value.</param>
internal sealed class JsonSequence(PipeReader body, int maxBytes)
{
    /// <summary>The next value; null at the end.</summary>
    /// <exception cref="InvalidDataException">The body ends within a value, or the value is too long.</exception>
    public async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (TryTake(read.Buffer, out var value, out var end))
            {
                body.AdvanceTo(end);
                return value;
            }
            if (read.Buffer.Length > maxBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                throw new InvalidDataException("request is too large");
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return IsBlank(read.Buffer) ? null : throw new InvalidDataException("unexpected EOF");
            }
        }
    }

    /// <summary>Finds the end of the first value: where its braces are closed, outside of strings.</summary>
    private static bool TryTake(ReadOnlySequence<byte> bytes, out string? value, out SequencePosition end)
    {
        var reader = new SequenceReader<byte>(bytes);
        var (depth, inString, isEscaped, hasBegun) = (0, false, false, false);
        while (reader.TryRead(out var b))
        {
            if (inString)
            {
                inString = isEscaped || b != '"';
                isEscaped = !isEscaped && b == '\\';
                continue;
            }
            hasBegun |= !IsBlank(b);
            inString = b == '"';
            depth += b is (byte)'{' or (byte)'[' ? 1 : b is (byte)'}' or (byte)']' ? -1 : 0;
            if (hasBegun && depth <= 0 && b is (byte)'}' or (byte)']')
            {
                end = reader.Position;
                value = Encoding.UTF8.GetString(bytes.Slice(0, end));
                return true;
            }
        }
        (value, end) = (null, bytes.Start);
        return false;
    }

    private static bool IsBlank(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            foreach (var b in segment.Span)
            {
                if (!IsBlank(b))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
