using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Kube.Base;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// One thread that tells when pipes and terminals can be read or written, so that no thread waits in read or write for a
/// container that says nothing. Waits are for one event each; their continuations run on the thread pool.
/// </summary>
internal sealed class DescriptorPoller : IDisposable
{
    private const int MaxEvents = 64;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public DescriptorPoller()
    {
        _epoll = Native.Valid(Native.EpollCreate(Native.EpollCloexec), "epoll_create1");
        _wake = Native.Valid(Native.EventFd(0, Native.InCloexec | Native.InNonblock), "eventfd");
        Native.Valid(Control(Native.EpollCtlAdd, _wake, Native.EpollIn), "epoll_ctl");
        _thread = new Thread(Run) { IsBackground = true, Name = "descriptor-poller" };
        _thread.Start();
    }

    /// <summary>Takes a descriptor in. One waiter at a time may wait for it.</summary>
    public void Add(int fd) => Native.Valid(Control(Native.EpollCtlAdd, fd, Native.EpollOneShot), "epoll_ctl");

    /// <summary>Lets go of a descriptor before it is closed; who waits for it sees it as ready.</summary>
    public void Remove(int fd)
    {
        _ = Control(Native.EpollCtlDel, fd, 0);
        if (_waiting.TryRemove(fd, out TaskCompletionSource? waiter))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Completes when the descriptor can be read, or written, or has failed.</summary>
    public async Task WaitAsync(int fd, bool write, CancellationToken cancellation)
    {
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Invariant.Check(_waiting.TryAdd(fd, waiter));
        Native.Valid(Control(Native.EpollCtlMod, fd, (write ? Native.EpollOut : Native.EpollIn) | Native.EpollOneShot), "epoll_ctl");
        try
        {
            await waiter.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove(new KeyValuePair<int, TaskCompletionSource>(fd, waiter));
        }
    }

    public void Dispose()
    {
        _stopping = true;
        byte[] one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = Native.Write(_wake, ref one[0], one.Length);
        _thread.Join();
        foreach (TaskCompletionSource waiter in _waiting.Values)
        {
            waiter.TrySetCanceled();
        }

        _ = Native.Close(_wake);
        _ = Native.Close(_epoll);
    }

    private void Run()
    {
        byte[] events = new byte[MaxEvents * Native.EpollEventSize];
        while (!_stopping)
        {
            int count = Native.EpollWait(_epoll, ref events[0], MaxEvents, -1);
            Invariant.Check(count >= 0 || Marshal.GetLastPInvokeError() == Native.Eintr, "epoll_wait fails only when interrupted");
            for (int i = 0; i < count; i++)
            {
                int fd = BinaryPrimitives.ReadInt32LittleEndian(events.AsSpan((i * Native.EpollEventSize) + Native.EpollDataOffset));
                if (_waiting.TryRemove(fd, out TaskCompletionSource? waiter))
                {
                    waiter.TrySetResult();
                }
            }
        }
    }

    private int Control(int operation, int fd, uint events)
    {
        byte[] ev = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(ev, events);
        BinaryPrimitives.WriteInt32LittleEndian(ev.AsSpan(Native.EpollDataOffset), fd);
        return Native.EpollCtl(_epoll, operation, fd, ref ev[0]);
    }
}
