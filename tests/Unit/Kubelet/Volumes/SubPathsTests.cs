using Kube.Kubelet.Volumes;

namespace Kube.Kubelet.Tests.Volumes;

public sealed class SubPathsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sub-paths-").FullName;

    private string Volume => Path.Combine(_root, "volume");

    public SubPathsTests() => Directory.CreateDirectory(Volume);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_path_that_is_missing_is_made_with_the_mode_of_the_volume()
    {
        File.SetUnixFileMode(Volume, (UnixFileMode)0x1FF);
        Assert.Equal(Path.Combine(Volume, "a/b"), SubPaths.Prepare(Volume, "a/b", null));
        Assert.Equal((UnixFileMode)0x1FF, File.GetUnixFileMode(Path.Combine(Volume, "a/b")));
        File.WriteAllText(Path.Combine(Volume, "a/file"), "");
        Assert.Equal(Path.Combine(Volume, "a/file"), SubPaths.Prepare(Volume, "a/file", null));
    }

    [Fact]
    public void Links_within_the_volume_are_followed()
    {
        Directory.CreateDirectory(Path.Combine(Volume, "..1"));
        File.WriteAllText(Path.Combine(Volume, "..1/key"), "value");
        File.CreateSymbolicLink(Path.Combine(Volume, "..data"), "..1");
        File.CreateSymbolicLink(Path.Combine(Volume, "key"), "..data/key");
        Assert.Equal(Path.Combine(Volume, "..1/key"), SubPaths.Prepare(Volume, "key", null));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../outside")]
    [InlineData("../../../../../../../../etc")]
    public void Links_that_leave_the_volume_are_not(string target)
    {
        Directory.CreateDirectory(Path.Combine(_root, "outside"));
        File.CreateSymbolicLink(Path.Combine(Volume, "link"), target);
        Assert.Throws<IOException>(() => SubPaths.Prepare(Volume, "link", null));
        Assert.Throws<IOException>(() => SubPaths.Prepare(Volume, "link/new", null));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_root, "outside")));
        Assert.Throws<IOException>(() => SubPaths.Prepare(Volume, "..", null));
    }

    [Theory]
    [InlineData("Directory", "/tmp", null)]
    [InlineData("Directory", "/dev/null", "hostPath type check failed: /dev/null is not a directory")]
    [InlineData("File", "/etc/passwd", null)]
    [InlineData("File", "/dev/null", "hostPath type check failed: /dev/null is not a file")]
    [InlineData("File", "/nowhere", "hostPath type check failed: /nowhere is not a file")]
    [InlineData("CharDevice", "/dev/null", null)]
    [InlineData("CharDevice", "/tmp", "hostPath type check failed: /tmp is not a character device")]
    [InlineData("BlockDevice", "/dev/null", "hostPath type check failed: /dev/null is not a block device")]
    [InlineData("Socket", "/etc/passwd", "hostPath type check failed: /etc/passwd is not a socket file")]
    [InlineData("", "/nowhere", null)]
    public void A_host_path_is_what_its_type_says(string type, string path, string? problem)
    {
        if (problem is null)
        {
            Assert.Equal(path, HostPaths.Check(path, type));
        }
        else
        {
            Assert.Equal(problem, Assert.Throws<VolumeException>(() => HostPaths.Check(path, type)).Message);
        }
    }

    [Fact]
    public void A_host_path_that_may_be_made_is_made()
    {
        HostPaths.Check(Path.Combine(_root, "d/e"), "DirectoryOrCreate");
        Assert.True(Directory.Exists(Path.Combine(_root, "d/e")));
        HostPaths.Check(Path.Combine(_root, "d/f"), "FileOrCreate");
        Assert.True(File.Exists(Path.Combine(_root, "d/f")));
        Assert.Throws<VolumeException>(() => HostPaths.Check(Path.Combine(_root, "d/f"), "DirectoryOrCreate"));
    }
}
