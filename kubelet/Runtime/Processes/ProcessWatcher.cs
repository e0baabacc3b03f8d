using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Kube.Base;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// One thread that tells when processes end and when files in watched directories change, for processes that are
/// children and for those taken over from an earlier kubelet alike. Callbacks run on the thread pool, never on the
/// watcher's thread and never under a lock.
/// </summary>
internal sealed class ProcessWatcher : IDisposable
{
    private const int MaxEvents = 64;

    private readonly int _epoll;
    private readonly int _inotify;
    private readonly int _wake;
    private readonly ConcurrentDictionary<int, (int Pid, Action<int?> Exited)> _processes = new();
    private readonly ConcurrentDictionary<int, Action> _directories = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ProcessWatcher()
    {
        _epoll = Valid(Native.EpollCreate(Native.EpollCloexec), "epoll_create1");
        _inotify = Valid(Native.InotifyInit(Native.InCloexec | Native.InNonblock), "inotify_init1");
        _wake = Valid(Native.EventFd(0, Native.InCloexec | Native.InNonblock), "eventfd");
        Add(_inotify);
        Add(_wake);
        _thread = new Thread(Run) { IsBackground = true, Name = "process-watcher" };
        _thread.Start();
    }

    /// <summary>
    /// Calls <paramref name="exited"/> once when the process ends, with its wait status when it is a child of this
    /// process and null otherwise. Returns false when there is no such process.
    /// </summary>
    public bool WatchProcess(int pid, Action<int?> exited)
    {
        int fd = Native.PidFdOpen(pid);
        if (fd < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Native.Esrch ? false : throw new IOException($"pidfd_open: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        _processes[fd] = (pid, exited);
        Add(fd);
        return true;
    }

    /// <summary>Calls <paramref name="changed"/> whenever a file in the directory is written to or renamed into place.</summary>
    public int WatchDirectory(string path, Action changed)
    {
        int watch = Valid(Native.InotifyAddWatch(_inotify, path, Native.InModify | Native.InMovedTo), "inotify_add_watch " + path);
        _directories[watch] = changed;
        return watch;
    }

    /// <summary>Ends a directory watch; unknown and already removed watches are no error.</summary>
    public void UnwatchDirectory(int watch)
    {
        if (_directories.TryRemove(watch, out _))
        {
            _ = Native.InotifyRemoveWatch(_inotify, watch);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        byte[] one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = Native.Write(_wake, ref one[0], one.Length);
        _thread.Join();
        foreach (int fd in _processes.Keys)
        {
            _ = Native.Close(fd);
        }

        _ = Native.Close(_wake);
        _ = Native.Close(_inotify);
        _ = Native.Close(_epoll);
    }

    private void Run()
    {
        byte[] events = new byte[MaxEvents * Native.EpollEventSize];
        byte[] changes = new byte[64 * 1024];
        while (!_stopping)
        {
            int count = Native.EpollWait(_epoll, ref events[0], MaxEvents, -1);
            if (count < 0)
            {
                Invariant.Check(Marshal.GetLastPInvokeError() == Native.Eintr, "epoll_wait fails only when interrupted");
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                int fd = BinaryPrimitives.ReadInt32LittleEndian(
                    events.AsSpan((i * Native.EpollEventSize) + Native.EpollDataOffset));
                if (fd == _inotify)
                {
                    ReadChanges(changes);
                }
                else if (fd != _wake)
                {
                    Ended(fd);
                }
            }
        }
    }

    private void Ended(int fd)
    {
        if (!_processes.TryRemove(fd, out (int Pid, Action<int?> Exited) entry))
        {
            return;
        }

        _ = Native.Close(fd);
        int? status = Native.WaitPid(entry.Pid, out int waitStatus, 0) == entry.Pid ? waitStatus : null;
        ThreadPool.UnsafeQueueUserWorkItem(static e => e.Exited(e.Status), (entry.Exited, Status: status), preferLocal: false);
    }

    private void ReadChanges(byte[] buffer)
    {
        HashSet<int> seen = [];
        while (true)
        {
            nint read = Native.Read(_inotify, ref buffer[0], buffer.Length);
            if (read <= 0)
            {
                break;
            }

            for (int at = 0; at < read;)
            {
                seen.Add(BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at)));
                at += 16 + (int)BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at + 12));
            }
        }

        foreach (int watch in seen)
        {
            if (_directories.TryGetValue(watch, out Action? changed))
            {
                ThreadPool.UnsafeQueueUserWorkItem(static c => c(), changed, preferLocal: false);
            }
            else if (watch == -1)
            {
                // The kernel's queue overflowed: anything may have changed.
                foreach (Action each in _directories.Values)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static c => c(), each, preferLocal: false);
                }
            }
        }
    }

    private void Add(int fd)
    {
        byte[] ev = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(ev, Native.EpollIn);
        BinaryPrimitives.WriteInt32LittleEndian(ev.AsSpan(Native.EpollDataOffset), fd);
        Valid(Native.EpollCtl(_epoll, Native.EpollCtlAdd, fd, ref ev[0]), "epoll_ctl");
    }

    private static int Valid(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
