using System.Text;
using Kube.Api.Core.V1;
using Kube.Kubelet.Server;

namespace Kube.Kubelet.Tests.Server;

public sealed class ContainerLogReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public ContainerLogReaderTests() => File.WriteAllText(_path, """
        2026-01-01T00:00:01.000000000Z stdout F one
        2026-01-01T00:00:02.000000000Z stderr F two
        2026-01-01T00:00:03.000000000Z stdout P thr
        2026-01-01T00:00:03.500000000Z stdout F ee
        2026-01-01T00:00:04.000000000Z stdout F 

        """);

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task All_of_it() => Assert.Equal("one\ntwo\nthree\n\n", await ReadAsync(new LogQuery()));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "\n")]
    [InlineData(2, "ee\n\n")]
    [InlineData(99, "one\ntwo\nthree\n\n")]
    public async Task The_last_lines(int lines, string expected) => Assert.Equal(expected, await ReadAsync(new LogQuery { TailLines = lines }));

    [Fact]
    public async Task Since_a_time() =>
        Assert.Equal("three\n\n", await ReadAsync(new LogQuery { Since = new DateTimeOffset(2026, 1, 1, 0, 0, 3, TimeSpan.Zero) }));

    [Fact]
    public async Task With_times() => Assert.StartsWith(
        "2026-01-01T00:00:01.000000000Z one\n2026-01-01T00:00:02.000000000Z two\n2026-01-01T00:00:03.000000000Z three\n",
        await ReadAsync(new LogQuery { Timestamps = true }));

    [Fact]
    public async Task No_more_than_the_limit() => Assert.Equal("one\ntw", await ReadAsync(new LogQuery { LimitBytes = 6 }));

    [Fact]
    public async Task Following_ends_with_the_container_and_misses_nothing()
    {
        int asked = 0;
        ContainerLogReader reader = new(
            _path,
            new LogQuery { Follow = true, TailLines = 0 },
            _ =>
            {
                if (++asked == 2)
                {
                    File.AppendAllText(_path, "2026-01-01T00:00:05.000000000Z stdout F last\n");
                }

                return Task.FromResult(asked < 2);
            },
            TimeProvider.System);
        using MemoryStream output = new();
        await reader.WriteToAsync(output, new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        Assert.Equal("last\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void A_container_without_a_log_is_answered_in_Kubernetes_words()
    {
        PodStatus status = new()
        {
            ContainerStatuses =
            [
                new ContainerStatus { Name = "a", State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ContainerCreating" } } },
                new ContainerStatus { Name = "b", State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ImagePullBackOff" } } },
                new ContainerStatus { Name = "c", ContainerID = "process://1", State = new ContainerState { Running = new ContainerStateRunning() } },
            ],
        };
        Assert.Equal("container \"a\" in pod \"p\" is waiting to start: ContainerCreating", KubeletEndpoints.ContainerToRead("p", "a", status, false).Problem);
        Assert.Equal("container \"b\" in pod \"p\" is waiting to start: trying and failing to pull image", KubeletEndpoints.ContainerToRead("p", "b", status, false).Problem);
        Assert.Equal("1", KubeletEndpoints.ContainerToRead("p", "c", status, false).Id);
        Assert.Equal("previous terminated container \"c\" in pod \"p\" not found", KubeletEndpoints.ContainerToRead("p", "c", status, true).Problem);
    }

    private async Task<string> ReadAsync(LogQuery query)
    {
        using MemoryStream output = new();
        await new ContainerLogReader(_path, query, static _ => Task.FromResult(false), TimeProvider.System).WriteToAsync(output, default);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
