using System.CommandLine;
using Kube.RaftStore.Host;
using Kube.RaftStore.Raft;
using Kube.RaftStore.Storage;
using Kube.RaftStore.Storage.Records;

namespace Kube.RaftStore.Tests.Storage;

/// <summary>`kube store verify` as a person calls it.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kube-verify-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Sound_directory_is_described()
    {
        Fill().Dispose();
        var (exitCode, output, error) = Run();
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("cluster:    4d\nmember:     1\n", output, StringComparison.Ordinal);
        Assert.Contains("entries:    2 to 101, the last of term 3\n", output, StringComparison.Ordinal);
        Assert.Contains("term 3, vote 2,", output, StringComparison.Ordinal);
        Assert.Contains("voters:     1 2 3\n", output, StringComparison.Ordinal);
        Assert.EndsWith("sound\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_an_error_with_file_and_offset()
    {
        Fill().Dispose();
        var segment = Directory.GetFiles(Path.Combine(_directory, "log")).Order().First();
        using (var file = File.OpenHandle(segment, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.Write(file, [0xFF, 0x00, 0xFF], 1000);
        }
        var (exitCode, output, error) = Run();
        Assert.Equal((VerifyCommand.Corrupt, ""), (exitCode, output));
        Assert.Matches($"is damaged: {segment}, offset \\d+: ", error);
    }

    [Fact]
    public void Directory_of_a_running_member_is_left_alone()
    {
        using var running = Fill();
        var (exitCode, _, error) = Run();
        Assert.Equal(VerifyCommand.NotVerified, exitCode);
        Assert.Contains("in use", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_is_none_is_not_called_sound()
    {
        var (exitCode, _, error) = Run();
        Assert.Equal(VerifyCommand.NotVerified, exitCode);
        Assert.Contains("is no data directory", error, StringComparison.Ordinal);
    }

    private FasterLogStorage Fill()
    {
        var storage = FasterLogStorage.Open(new FasterLogStorageOptions
        {
            Directory = _directory,
            Identity = new DataIdentity(77, 1),
            Bootstrap = new ConfState([1, 2, 3]),
            Geometry = new LogGeometry(PageBits: 14, SegmentBits: 16),
        });
        // Two batches: damage to the only one could be a torn write.
        storage.Append(new HardState(3, 2, 1), Entries(2, 50), sync: true);
        storage.Append(null, Entries(52, 50), sync: true);
        return storage;
    }

    private static Entry[] Entries(int first, int count)
        => [.. Enumerable.Range(first, count).Select(static i => new Entry(3, (ulong)i, EntryType.Normal, default, new byte[100]))];

    private (int ExitCode, string Output, string Error) Run()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = StoreCommand.Create().Parse(["verify", "--data-dir", _directory])
            .Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }
}
