using System.Security.Cryptography;
using System.Text;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>Images of the process runtime are names and nothing more: pulling one remembers the name.</summary>
public sealed partial class ProcessRuntime
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Image>> ListImagesAsync(ImageFilter? filter, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Image>>(
        [
            .. Directory.EnumerateFiles(ImagesDirectory, "*.image")
                .Select(path => ToImage(File.ReadAllText(path)))
                .Where(i => filter?.Image is null || filter.Image.Image.Length == 0 || i.RepoTags[0] == filter.Image.Image || i.Id == filter.Image.Image),
        ]);

    /// <inheritdoc/>
    public Task<Image?> ImageStatusAsync(ImageSpec image, CancellationToken cancellation) =>
        Task.FromResult(FindImage(image) is { } path ? ToImage(File.ReadAllText(path)) : null);

    /// <inheritdoc/>
    public Task<string> PullImageAsync(ImageSpec image, AuthConfig? auth, PodSandboxConfig? sandboxConfig, CancellationToken cancellation)
    {
        if (image.Image.Length == 0)
        {
            throw CriError.Invalid("image name is empty");
        }

        string path = ImagePath(image.Image);
        string temporary = path + "." + _options.NewId()[..8];
        File.WriteAllText(temporary, image.Image);
        File.Move(temporary, path, overwrite: true);
        return Task.FromResult(ImageId(image));
    }

    /// <inheritdoc/>
    public Task RemoveImageAsync(ImageSpec image, CancellationToken cancellation)
    {
        if (FindImage(image) is { } path)
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ImageFsInfoResponse> ImageFsInfoAsync(CancellationToken cancellation)
    {
        FilesystemUsage usage = new()
        {
            Timestamp = NowNanoseconds(),
            FsId = new FilesystemIdentifier { Mountpoint = _options.RootDirectory },
            UsedBytes = new UInt64Value(),
            InodesUsed = new UInt64Value(),
        };
        return Task.FromResult(new ImageFsInfoResponse { ImageFilesystems = { usage }, ContainerFilesystems = { usage.Clone() } });
    }

    /// <summary>Identifier of an image: a digest of its name, since there is no content.</summary>
    internal static string ImageId(ImageSpec? image) =>
        image is null || image.Image.StartsWith("process:", StringComparison.Ordinal) ? image?.Image ?? "" : "process:" + Digest(image.Image);

    private static string Digest(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static Image ToImage(string name) => new() { Id = "process:" + Digest(name), RepoTags = { name }, Spec = new ImageSpec { Image = name } };

    private string ImagePath(string name) => Path.Combine(ImagesDirectory, Digest(name) + ".image");

    private string? FindImage(ImageSpec image)
    {
        string path = image.Image.StartsWith("process:", StringComparison.Ordinal)
            ? Path.Combine(ImagesDirectory, image.Image["process:".Length..] + ".image")
            : ImagePath(image.Image);
        return File.Exists(path) ? path : null;
    }
}
