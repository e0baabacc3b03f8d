namespace Kube.RaftStore.Server.Replication;

/// <summary>Runs every loop on a thread of its own, which sleeps while the loop is idle.</summary>
internal sealed class ThreadLoops : ILoopRunner
{
    public static ThreadLoops Instance { get; } = new();

    public ILoop Create(string name, Func<Turn> turn) => new Loop(name, turn);

    public Task Run(Action work) => Task.Run(work);

    private sealed class Loop : ILoop
    {
        // A plain object: Monitor's wait is what the thread sleeps in.
        private readonly object _gate = new();
        private readonly Thread _thread;
        private readonly Func<Turn> _turn;
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isWoken;

        public Loop(string name, Func<Turn> turn)
        {
            _turn = turn;
            _thread = new Thread(Run) { Name = name, IsBackground = true };
        }

        public Task Ended => _ended.Task;

        public void Start() => _thread.Start();

        public void Wake()
        {
            // Who finds it set is not needed: the thread has not looked yet, and will.
            if (Volatile.Read(ref _isWoken))
            {
                return;
            }

            lock (_gate)
            {
                _isWoken = true;
                Monitor.Pulse(_gate);
            }
        }

        private void Run()
        {
            for (var turn = Turn.Worked; turn != Turn.Ended; turn = _turn())
            {
                if (turn == Turn.Idle)
                {
                    Sleep();
                }
            }

            _ended.SetResult();
        }

        private void Sleep()
        {
            lock (_gate)
            {
                while (!_isWoken)
                {
                    Monitor.Wait(_gate);
                }

                _isWoken = false;
            }
        }
    }
}
