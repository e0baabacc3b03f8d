using Kube.RaftStore.Server.Replication;

namespace Kube.RaftStore.Simulation.Core;

/// <summary>Gives a member's loops their turns as events of the world: the production loops, one turn at a time.</summary>
internal sealed class SimulatedLoops(World world, Process process) : ILoopRunner
{
    public ILoop Create(string name, Func<Turn> turn) => new Loop(world, process, turn);

    /// <summary>Helpers are slow: entries are applied, and processes end, while one is at work.</summary>
    public Task Run(Action work)
    {
        var done = new TaskCompletionSource();
        world.At(process.LocalUs + world.Schedule.Next(100, 30_000), process.LoopContext, () =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e) when (e is not ProcessCrashedException)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private sealed class Loop(World world, Process process, Func<Turn> turn) : ILoop
    {
        private readonly TaskCompletionSource _ended = new();
        private Action? _take;
        private long _busyUntilUs;
        private bool _isStarted;
        private bool _isDue;
        private bool _isOver;

        public Task Ended => _ended.Task;

        public void Start()
        {
            _isStarted = true;
            _isDue = false;
            Wake();
        }

        public void Wake()
        {
            world.CheckThread();
            if (_isDue || _isOver)
            {
                return;
            }

            _isDue = true;
            if (_isStarted)
            {
                world.At(Math.Max(process.LocalUs, _busyUntilUs) + world.Schedule.Next(1, 25), process.LoopContext, _take ??= Take);
            }
        }

        private void Take()
        {
            if (process.SettledUs > world.NowUs)
            {
                // What the other loop has handed over comes at the end of its turn, behind the sync that it waited for.
                world.At(process.SettledUs, process.LoopContext, _take!);
                return;
            }

            _isDue = false;
            var outcome = turn();
            _busyUntilUs = process.SettledUs = process.LocalUs;
            if (outcome == Turn.Ended)
            {
                _isOver = true;
                _ended.SetResult();
                process.OnLoopEnded();
                return;
            }

            process.OnTurn();
            if (outcome == Turn.Worked)
            {
                Wake();
            }
        }
    }
}
