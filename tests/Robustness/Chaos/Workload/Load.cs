using Kube.Base;
using Kube.Robustness.Checking;
using Kube.Robustness.Chaos.Cluster;
using Kube.Robustness.Chaos.Isolation;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>All clients of a run.</summary>
internal sealed class Load : IDisposable
{
    /// <summary>Answers from a store that hangs come at the deadline, so clients end within this.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Recorder _recorder;
    private readonly List<IClient> _clients = [];
    private readonly CancellationTokenSource _workEnds = new();
    private readonly CancellationTokenSource _watchEnds = new();
    private readonly List<Task> _work = [];
    private readonly List<Task> _watching = [];

    private Load(Recorder recorder, Watcher complete)
    {
        (_recorder, Complete) = (recorder, complete);
    }

    /// <summary>The watch of everything from the first revision on.</summary>
    public Watcher Complete { get; }

    /// <summary>What every kind of client is, and how many of it.</summary>
    public string Description { get; private set; } = "";

    /// <summary>Starts the clients.</summary>
    /// <param name="recorder">Where they note what they do.</param>
    /// <param name="random">A generator of its own for each is forked from it.</param>
    /// <param name="rate">Operations a second that they aim at together.</param>
    /// <param name="target">Decides what is left out for a store's known faults.</param>
    public static Load Start(Recorder recorder, Prng random, int rate, Target target)
    {
        var number = 0;
        Session Next() => new(++number, recorder, random.Fork());

        // etcd 3.4 may send a progress notification that was asked for before events it should follow (mended in 3.5.8).
        var asksForProgress = target == Target.Kube;
        var complete = new Watcher(Next(), new WatcherOptions(KeySpan.All, 1, WithPrevious: false, asksForProgress, MaxLife: null));
        var load = new Load(recorder, complete);

        const int Writers = 5, Swappers = 3, Readers = 4, StaleReaders = 2;
        var pauseMs = 1000.0 * (Writers + Swappers + Readers + StaleReaders) / rate;
        load.Work(Writers, () => new Writer(Next(), pauseMs));
        load.Work(Swappers, () => new Swapper(Next(), pauseMs));
        load.Work(Readers, () => new Reader(Next(), isSerializable: false, pauseMs));
        load.Work(StaleReaders, () => new Reader(Next(), isSerializable: true, pauseMs));
        load.Work(3, () => new LeaseHolder(Next()));
        load.Work(1, () => new Compactor(Next(), complete));
        load.Watch(complete);
        load.Watch(new Watcher(Next(), new WatcherOptions(KeySpaceLayout.Below(KeySpaceLayout.Registers), 1, WithPrevious: true, asksForProgress, TimeSpan.FromSeconds(7))));
        load.Watch(new Watcher(Next(), new WatcherOptions(KeySpaceLayout.Below(KeySpaceLayout.Counters), 1, WithPrevious: false, AsksForProgress: false, TimeSpan.FromSeconds(3))));
        load.Watch(new Watcher(Next(), new WatcherOptions(KeySpan.Single(KeySpaceLayout.Register(1)), 1, WithPrevious: true, AsksForProgress: false, TimeSpan.FromSeconds(2))));
        load.Description = $"{Writers} writers, {Swappers} compare-and-swap, {Readers} linearizable and {StaleReaders} serializable readers, "
            + "3 lease holders, 4 watchers, 1 compactor";
        if (Tool.Exists("etcdctl"))
        {
            load.Work(1, () => new ToolClient(Next()));
            load.Description += ", etcdctl";
        }

        return load;
    }

    /// <summary>A fault of the harness inside a client, if one happened.</summary>
    public Exception? FindFault() => _work.Concat(_watching).FirstOrDefault(task => task.IsFaulted)?.Exception?.InnerException;

    /// <summary>Ends all clients but the watchers.</summary>
    public async Task StopWorkAsync()
    {
        await _workEnds.CancelAsync();
        await Task.WhenAll(_work).WaitAsync(StopLimit);
    }

    /// <summary>Ends the watchers.</summary>
    public async Task StopWatchingAsync()
    {
        await _watchEnds.CancelAsync();
        await Task.WhenAll(_watching).WaitAsync(StopLimit);
    }

    public void Dispose()
    {
        _workEnds.Cancel();
        _watchEnds.Cancel();
        _clients.ForEach(client => client.Dispose());
        _workEnds.Dispose();
        _watchEnds.Dispose();
    }

    private void Work(int count, Func<IClient> create)
    {
        for (var i = 0; i < count; i++)
        {
            var client = create();
            _clients.Add(client);
            _work.Add(Task.Run(() => client.RunAsync(_workEnds.Token)));
        }
    }

    private void Watch(Watcher watcher)
    {
        _clients.Add(watcher);
        _watching.Add(Task.Run(() => watcher.RunAsync(_watchEnds.Token)));
    }
}
