using System.Buffers;
using System.Globalization;
using System.Text;
using Kube.Kubelet.Logs;

namespace Kube.Kubelet.Server;

/// <summary>
/// Reads a log in CRI form and writes what the query asks for, without the CRI prefixes. Following, it flushes as lines
/// come, across rotations, and ends once the container has ended and everything it wrote is sent.
/// </summary>
internal sealed class ContainerLogReader(string path, LogQuery query, Func<CancellationToken, Task<bool>> isRunning, TimeProvider time)
{
    private const int ReadSizeBytes = 32 * 1024;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);

    private readonly ArrayBufferWriter<byte> _out = new();
    private byte[] _buffer = new byte[2 * ReadSizeBytes];
    private int _held;
    private bool _newLine = true;
    private long _left = query.LimitBytes ?? long.MaxValue;

    /// <summary>Writes to <paramref name="output"/> until the end, the limit or cancellation.</summary>
    public async Task WriteToAsync(Stream output, CancellationToken cancellation)
    {
        await using LogSequence log = new(path);
        if (query.TailLines is { } lines)
        {
            log.Current.Position = TailPosition((FileStream)log.Current, lines);
        }

        using PeriodicTimer timer = new(LookPeriod, time);
        long? rotatedAt = null;
        while (_left > 0)
        {
            bool running = query.Follow && await isRunning(cancellation);
            // A runtime may write to the old file for a moment after it has made the new one.
            rotatedAt = query.Follow && log.HasNext ? rotatedAt ?? time.GetTimestamp() : null;
            bool left = rotatedAt is { } since && (!running || time.GetElapsedTime(since) >= LookPeriod);
            // Asked before the reading: nothing can come after it.
            while (await ReadAsync(log.Current, cancellation) && _left > 0)
            {
                await SendAsync(output, cancellation);
            }

            await SendAsync(output, cancellation);
            if (left && await log.TryMoveNextAsync())
            {
                (_held, rotatedAt) = (0, null);
                continue;
            }

            if (!running && rotatedAt is null)
            {
                return;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    private async Task<bool> ReadAsync(Stream file, CancellationToken cancellation)
    {
        if (_buffer.Length - _held < ReadSizeBytes)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = await file.ReadAsync(_buffer.AsMemory(_held, ReadSizeBytes), cancellation);
        int end = _held + read;
        int start = 0;
        while (_left > 0 && _buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is var newline and >= 0)
        {
            Take(_buffer.AsSpan(start, newline));
            start += newline + 1;
        }

        _held = end - start;
        _buffer.AsSpan(start, _held).CopyTo(_buffer);
        return read > 0;
    }

    /// <summary>Takes one line of the file: time, stream, tag and content.</summary>
    private void Take(ReadOnlySpan<byte> line)
    {
        int stream = line.IndexOf((byte)' ');
        int tag = stream < 0 ? -1 : stream + 1 + line[(stream + 1)..].IndexOf((byte)' ');
        if (tag < 0 || tag + 3 > line.Length)
        {
            return;
        }

        ReadOnlySpan<byte> stamp = line[..stream];
        bool full = line[tag + 1] == (byte)'F';
        ReadOnlySpan<byte> content = line[(tag + 3)..];
        if (query.Since is { } since && ParseTime(stamp) is { } at && at < since)
        {
            return;
        }

        if (query.Timestamps && _newLine)
        {
            Write(stamp);
            Write(" "u8);
        }

        Write(content);
        if (full)
        {
            Write("\n"u8);
        }

        _newLine = full;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        int count = (int)Math.Min(bytes.Length, _left);
        _out.Write(bytes[..count]);
        _left -= count;
    }

    private async Task SendAsync(Stream output, CancellationToken cancellation)
    {
        if (_out.WrittenCount > 0)
        {
            await output.WriteAsync(_out.WrittenMemory, cancellation);
            await output.FlushAsync(cancellation);
            _out.ResetWrittenCount();
        }
    }

    private static DateTimeOffset? ParseTime(ReadOnlySpan<byte> stamp) =>
        DateTimeOffset.TryParse(Encoding.ASCII.GetString(stamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;

    /// <summary>Where the last so many lines of the file begin.</summary>
    internal static long TailPosition(FileStream file, long lines)
    {
        if (lines == 0)
        {
            return file.Length;
        }

        byte[] block = new byte[ReadSizeBytes];
        long end = file.Length;
        long newlines = 0;
        while (end > 0)
        {
            int size = (int)Math.Min(block.Length, end);
            RandomAccess.Read(file.SafeFileHandle, block.AsSpan(0, size), end - size);
            for (int i = size - 1; i >= 0; i--)
            {
                // The newline at the very end closes the last line.
                if (block[i] == (byte)'\n' && ++newlines > lines)
                {
                    return end - size + i + 1;
                }
            }

            end -= size;
        }

        return 0;
    }
}
