using Kube.Kubelet.Shutdown;
using Kube.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kube.Kubelet.Tests.Shutdown;

/// <summary>The lock on the machine's shutdown, held by a stand-in for systemd's programs; its lines are what busctl of systemd 252 writes.</summary>
public sealed class ShutdownInhibitorTests : IDisposable
{
    private const string Line =
        """{"type":"signal","endian":"l","flags":1,"version":1,"cookie":1,"timestamp-realtime":1796142255656986,"sender":":1.5","path":"/org/freedesktop/login1","interface":"org.freedesktop.login1.Manager","member":"PrepareForShutdown","payload":{"type":"b","data":[true]}}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly string _directory = Directory.CreateTempSubdirectory("inhibit-").FullName;
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(Line, true)]
    [InlineData("""{"member":"PrepareForShutdown","payload":{"type":"b","data":[false]}}""", false)]
    [InlineData("""{"member":"PrepareForSleep","payload":{"type":"b","data":[true]}}""", false)]
    [InlineData("""{"member":"PrepareForShutdown","payload":{"type":"b","data":[]}}""", false)]
    [InlineData("""{"member":1,"payload":[]}""", false)]
    [InlineData("""{"member":"PrepareForShutdown","payload":3}""", false)]
    [InlineData("Monitoring bus message stream.", false)]
    [InlineData("", false)]
    [InlineData("[]", false)]
    public void A_line_announces_a_shutdown(string line, bool expected) => Assert.Equal(expected, ShutdownInhibitor.Announces(line));

    [Fact]
    public async Task The_lock_is_held_until_the_pods_have_ended()
    {
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ShutdownInhibitor inhibitor = Create($"echo $$ > {_directory}/pid; echo noise; echo '{Line}'; exec sleep 1000", _ =>
        {
            began.SetResult();
            return ended.Task;
        });
        Task running = inhibitor.RunAsync(CancellationToken.None);
        await began.Task.WaitAsync(Limit);
        Assert.True(Holds());
        ended.SetResult();
        await running.WaitAsync(Limit);
        Assert.False(Holds());
    }

    [Fact]
    public async Task A_lock_that_is_lost_is_taken_again_and_let_go_with_the_kubelet()
    {
        ShutdownInhibitor inhibitor = Create(
            $"[ -e {_directory}/again ] || {{ touch {_directory}/again; exit 1; }}; echo $$ > {_directory}/new; mv {_directory}/new {_directory}/pid; exec sleep 1000",
            static _ => throw new InvalidOperationException("there is no shutdown"));
        using CancellationTokenSource stop = new();
        Task running = inhibitor.RunAsync(stop.Token);
        await Eventually.HoldsAsync(() => _time.PendingTimers == 1 && File.Exists(Path.Combine(_directory, "again")), "it waits for its next try", Limit);
        await Eventually.HoldsAsync(
            () =>
            {
                // The limit on the program's end is a timer as well.
                _time.Advance(TimeSpan.FromSeconds(30));
                return File.Exists(Path.Combine(_directory, "pid"));
            },
            "it tries again",
            Limit);
        Assert.True(Holds());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Limit));
        Assert.False(Holds());
    }

    [Fact]
    public async Task Without_the_program_there_is_no_lock() =>
        await new ShutdownInhibitor(["/no/such/program"], static _ => Task.CompletedTask, _time, NullLogger.Instance).RunAsync(CancellationToken.None).WaitAsync(Limit);

    private ShutdownInhibitor Create(string script, Func<CancellationToken, Task> shutDown) => new(["/bin/sh", "-c", script], shutDown, _time, NullLogger.Instance);

    /// <summary>Whether the program that holds the lock runs.</summary>
    private bool Holds()
    {
        string status = Path.Combine("/proc", File.ReadAllText(Path.Combine(_directory, "pid")).Trim(), "stat");
        return File.Exists(status) && !File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal);
    }
}
