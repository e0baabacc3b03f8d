using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// Turns what a container writes into the CRI log format: one line per line written, "time stream tag content", tag F
/// for a full line and P for a piece of a longer one. The container writes to plain files of its own, so that it goes
/// on while no kubelet runs; what has been turned is freed from them. How far it came is kept beside them together
/// with the log's length, so that a pump started after a crash repeats or loses no line. Calls must not overlap.
/// </summary>
internal sealed class ContainerLogPump : IDisposable
{
    /// <summary>Longest content of one log line; longer lines are cut into pieces, as containerd does.</summary>
    public const int MaxLineBytes = 16 * 1024;

    private const int ReadSizeBytes = 16 * 1024;
    private const long FreeEveryBytes = 1024 * 1024;

    private readonly TimeProvider _time;
    private readonly string _logPath;
    private readonly SafeFileHandle _position;
    private readonly Stream[] _streams;
    private readonly IReadOnlyList<AttachedReader> _readers;
    private readonly MemoryStream _out = new();
    private FileStream _log;

    /// <summary>Opens or creates the files; <paramref name="directory"/> holds the raw streams and the position.</summary>
    /// <param name="readers">Who else reads the raw streams; changes between calls only.</param>
    public ContainerLogPump(string directory, string logPath, TimeProvider time, IReadOnlyList<AttachedReader>? readers = null)
    {
        _readers = readers ?? [];
        _time = time;
        _logPath = logPath;
        _position = File.OpenHandle(Path.Combine(directory, "position"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        _streams =
        [
            new Stream(Path.Combine(directory, "stdout"), "stdout"u8.ToArray()),
            new Stream(Path.Combine(directory, "stderr"), "stderr"u8.ToArray()),
        ];
        _log = OpenLog();
        Restore();
    }

    /// <summary>
    /// Moves everything written so far. With <paramref name="ended"/> also a last line without its newline, as a piece.
    /// </summary>
    public void Pump(bool ended)
    {
        bool more = true;
        while (more)
        {
            more = false;
            foreach (Stream stream in _streams)
            {
                more |= PumpOnce(stream);
            }
        }

        if (ended)
        {
            foreach (Stream stream in _streams)
            {
                if (stream.Held > 0)
                {
                    WriteLine(stream, stream.Buffer.AsSpan(0, stream.Held), (byte)'P');
                    stream.Taken += stream.Held;
                    stream.Held = 0;
                }
            }

            Flush();
        }
    }

    /// <summary>Goes on in a new file at the log's path, after the old one was renamed.</summary>
    public void Reopen()
    {
        _log.Dispose();
        _log = OpenLog();
        SavePosition();
    }

    public void Dispose()
    {
        _log.Dispose();
        _position.Dispose();
        foreach (Stream stream in _streams)
        {
            stream.Dispose();
        }
    }

    private bool PumpOnce(Stream stream)
    {
        int read = RandomAccess.Read(stream.File, stream.Buffer.AsSpan(stream.Held, ReadSizeBytes), stream.Taken + stream.Held);
        if (read == 0)
        {
            return false;
        }

        int end = stream.Held + read;
        int start = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = stream.Buffer.AsSpan(start, end - start);
            int newline = rest.IndexOf((byte)'\n');
            if (newline >= 0 && newline <= MaxLineBytes)
            {
                WriteLine(stream, rest[..newline], (byte)'F');
                start += newline + 1;
            }
            else if (rest.Length > MaxLineBytes)
            {
                WriteLine(stream, rest[..MaxLineBytes], (byte)'P');
                start += MaxLineBytes;
            }
            else
            {
                break;
            }
        }

        stream.Held = end - start;
        stream.Buffer.AsSpan(start, stream.Held).CopyTo(stream.Buffer);
        stream.Taken += start;
        Flush();
        stream.Free(KeptFrom(stream));
        return true;
    }

    /// <summary>The first byte of a raw stream that somebody still has to read.</summary>
    private long KeptFrom(Stream stream)
    {
        long kept = stream.Taken;
        foreach (AttachedReader reader in _readers)
        {
            if (reader.IsError == (stream == _streams[1]))
            {
                reader.Lost |= stream.Taken - reader.Position > AttachedReader.MaxBehindBytes;
                kept = reader.Lost ? kept : Math.Min(kept, reader.Position);
            }
        }

        return kept;
    }

    private void WriteLine(Stream stream, ReadOnlySpan<byte> content, byte tag)
    {
        Span<byte> stamp = stackalloc byte[40];
        int length = FormatTime(_time.GetUtcNow(), stamp);
        _out.Write(stamp[..length]);
        _out.WriteByte((byte)' ');
        _out.Write(stream.Name);
        _out.Write([(byte)' ', tag, (byte)' ']);
        _out.Write(content);
        _out.WriteByte((byte)'\n');
    }

    /// <summary>RFC 3339 in UTC with nine digits after the second.</summary>
    internal static int FormatTime(DateTimeOffset time, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(time.UtcDateTime, destination, out int written, new StandardFormat('O'));
        // Round trip format ends in seven digits and Z; the clock has no finer ticks.
        "00Z"u8.CopyTo(destination[(written - 1)..]);
        return written + 2;
    }

    private void Flush()
    {
        if (_out.Length > 0)
        {
            _log.Write(_out.GetBuffer(), 0, (int)_out.Length);
            _log.Flush();
            _out.SetLength(0);
        }

        SavePosition();
    }

    private void SavePosition()
    {
        Span<byte> record = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(record, _streams[0].Taken);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], _streams[1].Taken);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], _log.Length);
        RandomAccess.Write(_position, record, 0);
    }

    private void Restore()
    {
        Span<byte> record = stackalloc byte[24];
        if (RandomAccess.Read(_position, record, 0) < record.Length)
        {
            return;
        }

        _streams[0].Taken = BinaryPrimitives.ReadInt64LittleEndian(record);
        _streams[1].Taken = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        long logLength = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
        if (_log.Length > logLength)
        {
            // Written by a pump that ended before it could say so: the same lines come again.
            _log.SetLength(logLength);
            _log.Seek(0, SeekOrigin.End);
        }
    }

    private FileStream OpenLog()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_logPath)!);
        FileStream log = new(_logPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        log.Seek(0, SeekOrigin.End);
        return log;
    }

    private sealed class Stream : IDisposable
    {
        private long _freed;

        public Stream(string path, byte[] name)
        {
            Name = name;
            File = System.IO.File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }

        public byte[] Name { get; }

        public SafeFileHandle File { get; }

        public byte[] Buffer { get; } = new byte[ReadSizeBytes + MaxLineBytes + 1];

        /// <summary>Bytes of <see cref="Buffer"/> that wait for the end of their line.</summary>
        public int Held { get; set; }

        /// <summary>Bytes of the file that are in the log.</summary>
        public long Taken { get; set; }

        /// <summary>Gives the disk space before <paramref name="end"/> back; a file system that cannot keeps it until removal.</summary>
        public void Free(long end)
        {
            if (end - _freed >= FreeEveryBytes)
            {
                const int Mode = Native.FallocPunchHole | Native.FallocKeepSize;
                _ = Native.Fallocate((int)File.DangerousGetHandle(), Mode, 0, end);
                _freed = end;
            }
        }

        public void Dispose() => File.Dispose();
    }
}
