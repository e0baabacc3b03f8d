using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>Reads a watch's stream of JSON objects, one a line.</summary>
internal static class WatchReader
{
    /// <summary>An event longer than this ends the watch: no stored object is nearly as large.</summary>
    public const int MaxEventBytes = 64 << 20;

    /// <summary>
    /// Yields events until the server ends the stream between two lines. Throws EndOfStreamException when it ends
    /// within a line, InvalidDataException for a line that is not an event, <see cref="KubeApiException"/> for an
    /// ERROR event, IOException when the connection breaks.
    /// </summary>
    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        Stream stream, ReadObject<T> readObject, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 32 << 10, leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await pipe.ReadAsync(cancellation).ConfigureAwait(false);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    if (!IsBlank(line))
                    {
                        yield return Parse(line, readObject);
                    }
                }

                if (result.IsCompleted)
                {
                    if (!IsBlank(buffer))
                    {
                        throw new EndOfStreamException("the watch ended within an event");
                    }

                    yield break;
                }

                if (buffer.Length > MaxEventBytes)
                {
                    throw new InvalidDataException("a watch event is too long");
                }

                pipe.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static WatchEvent<T> Parse<T>(ReadOnlySequence<byte> line, ReadObject<T> readObject)
    {
        if (line.IsSingleSegment)
        {
            return Parse(line.FirstSpan, readObject);
        }

        var length = checked((int)line.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            line.CopyTo(rented);
            return Parse(rented.AsSpan(0, length), readObject);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    internal static WatchEvent<T> Parse<T>(ReadOnlySpan<byte> line, ReadObject<T> readObject)
    {
        try
        {
            string? type = null;
            ReadOnlySpan<byte> body = default;
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new InvalidDataException("a watch event is not a JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isObject = reader.ValueTextEquals("object"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (isType)
                {
                    type = reader.GetString();
                }

                reader.Skip();
                if (isObject)
                {
                    body = line[start..(int)reader.BytesConsumed];
                }
            }

            if (body.IsEmpty)
            {
                throw new InvalidDataException("a watch event has no object");
            }

            return type switch
            {
                "ADDED" => new WatchEvent<T>(WatchEventType.Added, readObject(body)),
                "MODIFIED" => new WatchEvent<T>(WatchEventType.Modified, readObject(body)),
                "DELETED" => new WatchEvent<T>(WatchEventType.Deleted, readObject(body)),
                "BOOKMARK" => new WatchEvent<T>(WatchEventType.Bookmark, readObject(body)),
                "ERROR" => throw new KubeApiException(KubeJson.Deserialize<Status>(body)!),
                _ => throw new InvalidDataException($"a watch event has the unknown type \"{type}\""),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("a watch event is malformed: " + e.Message, e);
        }
    }
}
