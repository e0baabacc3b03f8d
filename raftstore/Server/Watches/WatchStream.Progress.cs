using System.Diagnostics.CodeAnalysis;
using Etcd.V3;

namespace Kube.RaftStore.Server.Watches;

internal sealed partial class WatchStream
{
    private readonly Queue<Watcher> _progressDue = [];

    /// <summary>Timer: idle watches that asked to be notified are due; one that was busy is left out this time.</summary>
    private void NoteProgressDue()
    {
        lock (_hub.Gate)
        {
            _progressDue.Clear();
            foreach (var watcher in _watchers.Values)
            {
                if (watcher.NotifiesProgress && !watcher.WasBusy)
                {
                    _progressDue.Enqueue(watcher);
                }
                watcher.WasBusy = false;
            }
        }
        Wake();
    }

    /// <summary>
    /// Makes the progress response that is due, if the queue is empty and no watch lags: then all events up to the
    /// hub's position have been sent.
    /// </summary>
    private bool TryTakeProgress([NotNullWhen(true)] out WatchResponse? response)
    {
        lock (_hub.Gate)
        {
            response = null;
            if (_queue.Count > 0 || _lagging.Count > 0)
            {
                return false;
            }
            while (_progressDue.TryDequeue(out var watcher))
            {
                if (watcher.State == WatcherState.Synced && watcher.StartRevision <= _hub.Position)
                {
                    response = new WatchResponse { Header = Header(_hub.Position), WatchId = watcher.Id };
                    return true;
                }
            }
            if (_progressWanted < 0)
            {
                return false;
            }
            if (_hub.Position < _progressWanted)
            {
                _hub.AwaitProgress(this);
                return false;
            }
            _progressWanted = -1;
            foreach (var watcher in _watchers.Values)
            {
                if (watcher.StartRevision > _hub.Position)
                {
                    // A watch that has not begun has no progress, and there is one response for all.
                    return false;
                }
            }
            if (_watchers.Count == 0)
            {
                return false;
            }
            response = new WatchResponse { Header = Header(_hub.Position), WatchId = NoWatchId };
            return true;
        }
    }
}
