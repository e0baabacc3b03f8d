using System.IO.Compression;
using Kube.Kubelet.Logs;
using Kube.Kubelet.Tests.Fakes;

namespace Kube.Kubelet.Tests.Logs;

public sealed class LogFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kube-logs").FullName;

    private string Log => Path.Combine(_directory, "0.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_rotated_log_has_the_time_in_its_name() => Assert.Equal("0.log.20260102-030405", LogFiles.RotatedName("0.log", Pods.Now));

    [Fact]
    public void Room_is_made_by_removing_the_oldest_and_compressing_the_others()
    {
        Write("", ".20260101-000001.gz", ".20260101-000002.gz", ".20260101-000003", ".20260101-000004");

        LogFiles.MakeRoom(Log, maxFiles: 5);

        Assert.Equal(["0.log", "0.log.20260101-000002.gz", "0.log.20260101-000003.gz", "0.log.20260101-000004.gz"], Names());
        using GZipStream zip = new(File.OpenRead(Log + ".20260101-000004.gz"), CompressionMode.Decompress);
        Assert.Equal("content of .20260101-000004", new StreamReader(zip).ReadToEnd());
    }

    [Fact]
    public void Leftovers_of_a_rotation_that_was_cut_short_are_removed()
    {
        Write("", ".20260101-000001", ".20260101-000001.gz", ".20260101-000002.tmp");

        Assert.Equal([Log + ".20260101-000001.gz"], LogFiles.Rotated(Log));
        LogFiles.MakeRoom(Log, maxFiles: 5);

        Assert.Equal(["0.log", "0.log.20260101-000001.gz"], Names());
    }

    [Fact]
    public void A_log_goes_with_all_that_was_rotated_out_of_it_and_no_other()
    {
        Write("", ".20260101-000001.gz", ".20260101-000002");
        File.WriteAllText(Path.Combine(_directory, "10.log"), "another");

        LogFiles.Remove(Log);

        Assert.Equal(["10.log"], Names());
    }

    private void Write(params string[] suffixes)
    {
        foreach (string suffix in suffixes)
        {
            File.WriteAllText(Log + suffix, "content of " + suffix);
        }
    }

    private IEnumerable<string> Names() => Directory.EnumerateFiles(_directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
