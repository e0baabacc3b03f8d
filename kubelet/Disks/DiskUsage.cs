namespace Kube.Kubelet.Disks;

/// <summary>Bytes and inodes that something takes of a disk.</summary>
internal readonly record struct DiskUsage(long Bytes, long Inodes)
{
    public static DiskUsage operator +(DiskUsage left, DiskUsage right) => new(left.Bytes + right.Bytes, left.Inodes + right.Inodes);
}
