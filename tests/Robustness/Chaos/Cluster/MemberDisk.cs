using System.ComponentModel;
using System.Runtime.InteropServices;
using Kube.Robustness.Chaos.Isolation;
using Microsoft.Win32.SafeHandles;

namespace Kube.Robustness.Chaos.Cluster;

/// <summary>What a member's data lies on.</summary>
internal class MemberDisk(string directory)
{
    /// <summary>The mount point, or a plain directory.</summary>
    public string Directory { get; } = System.IO.Directory.CreateDirectory(directory).FullName;

    /// <summary>Whether it is a file system of the member's own, which can be filled, frozen and slowed.</summary>
    public virtual bool CanFail => false;

    /// <summary>Takes all free space but the given bytes.</summary>
    public virtual void Fill(long leaveBytes) => throw new NotSupportedException();

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public virtual void Drain() => throw new NotSupportedException();

    /// <summary>Lets every write and sync wait, until thawed.</summary>
    public virtual Task FreezeAsync() => throw new NotSupportedException();

    public virtual Task ThawAsync() => throw new NotSupportedException();

    /// <summary>Limits what the member's processes write a second; null for no limit.</summary>
    public virtual void Throttle(long? bytesPerSecond) => throw new NotSupportedException();

    /// <summary>The file that a process writes its id to in order to be throttled with its disk; null for none.</summary>
    public virtual string? ThrottleGroupFile => null;

    /// <summary>Removes what would outlive this process's namespaces.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>
/// An ext4 file system of limited size in a sparse file, mounted by loop device in this process's own mount namespace.
/// The block I/O controller of cgroup v1, where there is one, throttles it.
/// </summary>
internal sealed partial class LoopDisk : MemberDisk
{
    private const string Controller = "/sys/fs/cgroup/blkio";
    private const int ENoSpc = 28;
    private readonly string _ballast;
    private readonly string? _group;
    private readonly string _device;

    private LoopDisk(string directory, string device, string? group)
        : base(directory)
    {
        _ballast = Path.Combine(directory, "ballast");
        _device = device;
        _group = group;
    }

    public override bool CanFail => true;

    public bool CanThrottle => _group is not null;

    public override string? ThrottleGroupFile => _group is null ? null : Path.Combine(_group, "cgroup.procs");

    /// <summary>Makes and mounts the file system; null where the machine cannot.</summary>
    /// <param name="directory">Where it is mounted.</param>
    /// <param name="image">The file it lies in.</param>
    /// <param name="sizeMb">Its size.</param>
    /// <param name="groupName">Name of a control group to make for it, unique on the machine.</param>
    public static async Task<(MemberDisk Disk, string? Obstacle)> CreateAsync(string directory, string image, int sizeMb, string groupName)
    {
        System.IO.Directory.CreateDirectory(directory);
        try
        {
            await using (var file = File.Create(image))
            {
                file.SetLength((long)sizeMb << 20);
            }

            await Tool.RunAsync("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,nodiscard", image);
            await Tool.RunAsync("mount", "-o", "loop", image, directory);
        }
        catch (HarnessException e)
        {
            return (new MemberDisk(directory), "no loop-mounted file systems here: " + e.Message.ReplaceLineEndings(" "));
        }

        var source = (await Tool.RunAsync("findmnt", "-n", "-o", "SOURCE", "--mountpoint", directory)).Trim();
        var device = (await File.ReadAllTextAsync($"/sys/block/{Path.GetFileName(source)}/dev")).Trim();
        return (new LoopDisk(directory, device, MakeGroup(groupName)), null);
    }

    public override void Fill(long leaveBytes)
    {
        using var file = File.OpenHandle(_ballast, FileMode.OpenOrCreate, FileAccess.Write);
        var length = RandomAccess.GetLength(file);
        var step = Math.Max(new DriveInfo(Directory).AvailableFreeSpace - leaveBytes, 0);
        while (step >= 4096)
        {
            if (FAllocate(file, 0, length, step) == 0)
            {
                length += step;
            }
            else if (Marshal.GetLastPInvokeError() is var error and not ENoSpc)
            {
                throw new HarnessException($"cannot fill {Directory}: {new Win32Exception(error).Message}");
            }

            // What is free is a little more than what can be had; the rest is taken in smaller steps.
            step = Math.Min(step / 2, Math.Max(new DriveInfo(Directory).AvailableFreeSpace - leaveBytes, 0));
        }
    }

    public override void Drain() => File.Delete(_ballast);

    public override Task FreezeAsync() => Tool.RunAsync("fsfreeze", "-f", Directory);

    public override Task ThawAsync() => Tool.RunAsync("fsfreeze", "-u", Directory);

    public override void Throttle(long? bytesPerSecond)
    {
        if (_group is null)
        {
            throw new NotSupportedException();
        }

        // 0 takes the limit away.
        File.WriteAllText(Path.Combine(_group, "blkio.throttle.write_bps_device"), $"{_device} {bytesPerSecond ?? 0}");
    }

    /// <summary>Control groups belong to no namespace: this is the one thing that has to be removed by hand.</summary>
    public override void Release()
    {
        if (_group is not null && System.IO.Directory.Exists(_group))
        {
            System.IO.Directory.Delete(_group);
        }
    }

    private static string? MakeGroup(string name)
    {
        if (!File.Exists(Path.Combine(Controller, "blkio.throttle.write_bps_device")))
        {
            return null;
        }

        var group = Path.Combine(Controller, name);
        System.IO.Directory.CreateDirectory(group);
        return group;
    }

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);
}
