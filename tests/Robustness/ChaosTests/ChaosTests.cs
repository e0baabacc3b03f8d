using Kube.Testing;
using Xunit.Abstractions;

namespace Kube.Robustness.Chaos.Tests;

/// <summary>
/// The chaos harness, run as a user runs it, for as long as a test suite can afford; in namespaces where the tests run
/// as root, else on loopback ports. The tests of a class run one after the other: each has the machine to itself.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper log)
{
    private static readonly string Chaos = Path.Combine(AppContext.BaseDirectory, "Kube.Robustness.Chaos");
    private static readonly string BrokenStore = Path.Combine(AppContext.BaseDirectory, "Kube.Robustness.BrokenStore");

    [Fact]
    public async Task The_store_keeps_its_promises_under_faults()
    {
        var report = Path.Combine(Path.GetTempPath(), $"chaos-{Environment.ProcessId}.html");
        try
        {
            var run = await RunAsync(["--seconds", "15", "--seed", "1", "--executable", KubeExecutable.Path, "--report", report]);

            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            Assert.Contains("; 0 lost", run.Output);
            Assert.Contains("SOUND: 0 violations, 0 problems", run.Output);
            var page = await File.ReadAllTextAsync(report);
            Assert.DoesNotContain("\"DATA\"", page);
            Assert.DoesNotContain("://", page.Replace("http://www.w3.org", "", StringComparison.Ordinal).Replace("https://m", "", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>What the harness says of a sound store written by others.</summary>
    [Fact]
    [Trait(Extent.Trait, Extent.Full)]
    public async Task Etcd_is_found_sound()
    {
        var run = await RunAsync(["--against", "etcd", "--seconds", "8", "--seed", "1"]);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    /// <summary>A harness that has caught nothing proves nothing: each of these bugs is a part of a real member.</summary>
    [Theory]
    [InlineData("forget-log-tail", "kill-all", "(NoLostWrite|NoWriteFromNowhere)")]
    [FullInlineData("stale-read", "stop-follower", "RealTimeOrder")]
    [FullInlineData("drop-watch-event", "none", "WatchReliable")]
    public async Task A_planted_bug_is_found(string bug, string fault, string guarantee)
    {
        var home = Directory.CreateTempSubdirectory("kube-chaos-test-");
        try
        {
            var run = await RunAsync(
                ["--executable", BrokenStore, "--plant", bug, "--seconds", "6", "--seed", "1", "--faults", fault, "--heal-seconds", "8", "--home", home.FullName]);

            Assert.True(run.ExitCode == 1, run.Output + run.Error);
            Assert.Matches("VIOLATION " + guarantee, run.Output);
            Assert.Contains("NOT SOUND", run.Output);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private async Task<CommandResult> RunAsync(string[] arguments)
    {
        var run = await Command.RunAsync(Chaos, arguments, limit: TimeSpan.FromMinutes(5));
        log.WriteLine(run.Output);
        return run;
    }
}
