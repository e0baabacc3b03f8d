using System.Text;
using Kube.Kubelet.Volumes;

namespace Kube.Kubelet.Tests.Volumes;

public sealed class AtomicDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("atomic-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Files_are_seen_through_one_link_and_change_together()
    {
        Assert.True(AtomicDirectory.Write(_directory, Files(("a", "1"), ("sub/b", "2")), Now));
        Assert.Equal("1", Read("a"));
        Assert.Equal("2", Read("sub/b"));
        Assert.Equal("..data/a", new FileInfo(Path.Combine(_directory, "a")).LinkTarget);
        string before = new FileInfo(Path.Combine(_directory, "..data")).LinkTarget!;

        Assert.False(AtomicDirectory.Write(_directory, Files(("a", "1"), ("sub/b", "2")), Now.AddMinutes(1)));
        Assert.Equal(before, new FileInfo(Path.Combine(_directory, "..data")).LinkTarget);

        Assert.True(AtomicDirectory.Write(_directory, Files(("a", "3"), ("c", "4")), Now.AddMinutes(1)));
        Assert.Equal("3", Read("a"));
        Assert.Equal("4", Read("c"));
        Assert.False(Path.Exists(Path.Combine(_directory, "sub")));
        Assert.False(Directory.Exists(Path.Combine(_directory, before)));
    }

    [Fact]
    public void Two_changes_in_one_second_do_not_collide()
    {
        AtomicDirectory.Write(_directory, Files(("a", "1")), Now);
        AtomicDirectory.Write(_directory, Files(("a", "2")), Now);
        Assert.Equal("2", Read("a"));
    }

    [Fact]
    public void Modes_are_kept()
    {
        AtomicDirectory.Write(_directory, new Dictionary<string, VolumeFile> { ["key"] = new([1], 0x100) }, Now);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(_directory, "key")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("..data")]
    [InlineData("")]
    public void A_path_that_leaves_the_directory_is_refused(string path) =>
        Assert.Throws<IOException>(() => AtomicDirectory.Write(_directory, Files((path, "x")), Now));

    private static Dictionary<string, VolumeFile> Files(params (string Path, string Content)[] files) =>
        files.ToDictionary(f => f.Path, f => new VolumeFile(Encoding.UTF8.GetBytes(f.Content), 0x1A4));

    private string Read(string path) => File.ReadAllText(Path.Combine(_directory, path));
}
