using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kube.Kubelet.Logs;
using Kube.Kubelet.Server;
using Kube.Kubelet.Tests.Fakes;
using Kube.Testing;

namespace Kube.Kubelet.Tests.Server;

/// <summary>Following a log whose files are rotated, compressed and removed meanwhile.</summary>
public sealed class LogFollowTests
{
    /// <summary>What a writer does between two looks of the reader: W writes a line, R renames the log, N goes on in a new one.</summary>
    [Theory]
    [InlineData("W", "WRN", "W")] // written and rotated between two looks
    [InlineData("W", "R", "W", "N", "W")] // the runtime writes to the old file until it is told
    [InlineData("W", "RoN", "O", "W")] // and one that makes the new file first for a moment longer
    [InlineData("W", "WRNWRNW", "W")] // twice between two looks
    [InlineData("WRNWRNW", "WRNWRNWRNW", "WRNW")] // so often that files are compressed before they are read
    [InlineData("", "RN", "WRN", "")]
    [InlineData("WRNW")]
    public async Task Nothing_is_lost_or_repeated_across_rotations(params string[] steps)
    {
        using Log log = new();
        Assert.Equal(log.Lines(steps), await log.FollowAsync(steps));
    }

    [Fact]
    public void Whatever_the_writer_does_each_line_is_read_once_and_in_order()
    {
        Gen<string> step = Gen.Elements("W", "WW", "WRNW", "WRN", "WRNWRN", "WRWNW", "WRoNO", "WRNWRNWRNW", "").Select(static s => s);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            using Log log = new();
            string[] expected = log.Lines(steps);
            return expected.SequenceEqual(log.FollowAsync(steps).GetAwaiter().GetResult());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_reader_so_slow_that_files_are_removed_goes_on_with_the_oldest_that_is_left()
    {
        using Log log = new() { MaxFiles = 3 };
        // Line 1 is in the file that is open; 2 and 3 are in files removed before they are looked at.
        Assert.Equal(["1", "4", "5", "6"], await log.FollowAsync("W", "RNWRNWRNWRNWRNW"));
    }

    [Fact]
    public async Task What_was_rotated_before_is_not_read()
    {
        using Log log = new();
        log.Do("WRNWRNW");
        Assert.Equal(["3", "4", "5"], await log.FollowAsync("WRN", "W"));
    }

    [Fact]
    public async Task A_log_that_is_removed_ends_with_its_container()
    {
        using Log log = new();
        log.Do("WRN");
        Assert.Equal(["2"], await log.FollowAsync("W", "x"));
    }

    private sealed class Log : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("kube-follow").FullName;
        private readonly ManualTimeProvider _time = new(Pods.Now);
        private FileStream _file;
        private FileStream? _old;
        private int _written;

        public Log() => _file = Create();

        public int MaxFiles { get; init; } = 100;

        private string Path => System.IO.Path.Combine(_directory, "0.log");

        public void Dispose()
        {
            _file.Dispose();
            _old?.Dispose();
            Directory.Delete(_directory, recursive: true);
        }

        /// <summary>What a reader has to find: the numbers of the lines that the steps write.</summary>
        public string[] Lines(string[] steps) =>
            [.. Enumerable.Range(_written + 1, steps.Sum(static s => s.Count(static c => c is 'W' or 'O'))).Select(static i => i.ToString(CultureInfo.InvariantCulture))];

        /// <summary>Follows while the steps are done, one before each look, then ends the container.</summary>
        public async Task<string[]> FollowAsync(params string[] steps)
        {
            int step = 0;
            ContainerLogReader reader = new(
                Path,
                new LogQuery { Follow = true },
                _ =>
                {
                    if (step < steps.Length)
                    {
                        Do(steps[step]);
                    }

                    _time.Advance(TimeSpan.FromMilliseconds(100));
                    return Task.FromResult(step++ < steps.Length);
                },
                _time);
            using MemoryStream output = new();
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
            await reader.WriteToAsync(output, limit.Token);
            return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        public void Do(string step)
        {
            foreach (char act in step)
            {
                switch (act)
                {
                    case 'W':
                        Write(_file);
                        break;
                    case 'O':
                        Write(_old!);
                        break;
                    case 'R':
                        // A second later, as rotated logs are named by the second.
                        _time.Advance(TimeSpan.FromSeconds(1));
                        LogFiles.MakeRoom(Path, MaxFiles);
                        File.Move(Path, LogFiles.RotatedName(Path, _time.GetUtcNow()));
                        break;
                    case 'o':
                        _old?.Dispose();
                        _old = new FileStream(LogFiles.Rotated(Path)[^1], FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
                        break;
                    case 'N':
                        _file.Dispose();
                        _file = Create();
                        break;
                    default:
                        LogFiles.Remove(Path);
                        break;
                }
            }
        }

        private FileStream Create() => new(Path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);

        private void Write(FileStream file)
        {
            _written++;
            file.Write(Encoding.UTF8.GetBytes($"2026-01-01T00:00:00.{_written:D9}Z stdout F {_written}\n"));
        }
    }
}
