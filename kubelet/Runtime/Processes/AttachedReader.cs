using Microsoft.Win32.SafeHandles;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// Reads a container's raw output from now on, beside the log. Disk space behind it is given back only once it has read it;
/// a reader more than <see cref="MaxBehindBytes"/> behind is given up.
/// </summary>
internal sealed class AttachedReader : IDisposable
{
    public const long MaxBehindBytes = 64 * 1024 * 1024;

    private readonly SafeFileHandle _file;
    private long _position;

    public AttachedReader(string path, bool isError)
    {
        IsError = isError;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _position = RandomAccess.GetLength(_file);
    }

    public bool IsError { get; }

    /// <summary>Bytes of the file that have been read, or were there before.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Whether bytes that it has not read are gone.</summary>
    public bool Lost { get; set; }

    /// <summary>Reads what there is; 0 when there is nothing now.</summary>
    /// <exception cref="IOException">The reader is too far behind.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int read = await RandomAccess.ReadAsync(_file, buffer, Position, cancellation);
        if (Lost)
        {
            throw new IOException($"attached client is more than {MaxBehindBytes} bytes behind the container's output");
        }

        Volatile.Write(ref _position, Position + read);
        return read;
    }

    public void Dispose() => _file.Dispose();
}
