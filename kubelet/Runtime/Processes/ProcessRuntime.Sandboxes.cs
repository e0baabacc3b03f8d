using System.Net;
using System.Security.Cryptography;
using System.Text;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

public sealed partial class ProcessRuntime
{
    /// <inheritdoc/>
    public Task<string> RunPodSandboxAsync(PodSandboxConfig config, string runtimeHandler, CancellationToken cancellation)
    {
        if (_missing is not null)
        {
            throw CriError.Precondition(_missing);
        }

        if (config.Metadata is null)
        {
            throw CriError.Invalid("sandbox config must include metadata");
        }

        if (runtimeHandler.Length > 0)
        {
            throw CriError.Unknown($"failed to get sandbox runtime: no runtime for \"{runtimeHandler}\" is configured");
        }

        PodSandboxMetadata name = config.Metadata;
        foreach (ProcessSandbox other in _sandboxes.Values)
        {
            if (other.Config.Metadata.Equals(name))
            {
                throw CriError.Unknown(
                    $"failed to reserve sandbox name \"{name.Name}_{name.Namespace}_{name.Uid}_{name.Attempt}\": name is reserved for \"{other.Id}\"");
            }
        }

        string id = _options.NewId();
        string directory = Path.Combine(SandboxesDirectory, id);
        Directory.CreateDirectory(directory);
        if (config.LogDirectory.Length > 0)
        {
            Directory.CreateDirectory(config.LogDirectory);
        }

        ProcessRecordFiles.WriteConfig(directory, config);
        SandboxRecord record = new() { Ready = true, CreatedAt = NowNanoseconds(), Address = AddressFor(config) };
        ProcessSandbox sandbox = new(id, directory, config.Clone(), record);
        sandbox.Save(record);
        _sandboxes[id] = sandbox;
        LogSandboxStarted(name.Namespace, name.Name, id);
        Publish(id, sandbox, ContainerEventType.ContainerCreatedEvent);
        Publish(id, sandbox, ContainerEventType.ContainerStartedEvent);
        return Task.FromResult(id);
    }

    /// <inheritdoc/>
    public async Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        if (!_sandboxes.TryGetValue(sandboxId, out ProcessSandbox? sandbox))
        {
            return;
        }

        await Task.WhenAll(ContainersOf(sandboxId).Select(c => StopAsync(c, TimeSpan.Zero, cancellation)));
        if (sandbox.Record.Ready)
        {
            sandbox.Save(sandbox.Record with { Ready = false });
            Publish(sandboxId, sandbox, ContainerEventType.ContainerStoppedEvent);
        }
    }

    /// <inheritdoc/>
    public async Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellation)
    {
        await StopPodSandboxAsync(sandboxId, cancellation);
        foreach (ProcessContainer container in ContainersOf(sandboxId))
        {
            await RemoveContainerAsync(container.Id, cancellation);
        }

        if (_sandboxes.TryRemove(sandboxId, out ProcessSandbox? sandbox))
        {
            Directory.Delete(sandbox.Directory, recursive: true);
            Publish(sandboxId, sandbox, ContainerEventType.ContainerDeletedEvent);
        }
    }

    /// <inheritdoc/>
    public Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string sandboxId, bool verbose, CancellationToken cancellation) =>
        Task.FromResult(new PodSandboxStatusResponse { Status = Sandbox(sandboxId).ToStatus() });

    /// <inheritdoc/>
    public Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync(PodSandboxFilter? filter, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PodSandbox>>(
        [
            .. _sandboxes.Values.Select(s => s.ToListed())
                .Where(s => filter is null
                    || ((filter.Id.Length == 0 || s.Id.StartsWith(filter.Id, StringComparison.Ordinal))
                        && (filter.State is null || s.State == filter.State.State)
                        && Matches(filter.LabelSelector, s.Labels)))
                .OrderByDescending(s => s.CreatedAt),
        ]);

    internal static bool Matches(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(s => labels.TryGetValue(s.Key, out string? value) && value == s.Value);

    private IEnumerable<ProcessContainer> ContainersOf(string sandboxId) =>
        _containers.Values.Where(c => c.Record.SandboxId == sandboxId);

    private string? AddressFor(PodSandboxConfig config)
    {
        if (config.Linux?.SecurityContext?.NamespaceOptions?.Network == NamespaceMode.Node)
        {
            return null;
        }

        if (!IPAddress.IsLoopback(_options.NodeAddress))
        {
            return _options.NodeAddress.ToString();
        }

        // The same pod keeps its address over sandboxes and kubelets; 127.0.0.0/16 stays with the node.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(config.Metadata.Uid));
        HashSet<string> taken = [.. _sandboxes.Values.Where(s => s.Config.Metadata.Uid != config.Metadata.Uid).Select(s => s.Record.Address ?? "")];
        for (int attempt = 0; ; attempt++)
        {
            IPAddress address = new([127, (byte)(1 + (hash[0] % 254)), hash[1], (byte)(1 + ((hash[2] + attempt) % 254))]);
            if (!taken.Contains(address.ToString()))
            {
                return address.ToString();
            }
        }
    }

    private void Publish(string containerId, ProcessSandbox sandbox, ContainerEventType type)
    {
        ContainerEventResponse happened = new()
        {
            ContainerId = containerId,
            ContainerEventType = type,
            CreatedAt = NowNanoseconds(),
            PodSandboxStatus = sandbox.ToStatus(),
        };
        happened.ContainersStatuses.AddRange(ContainersOf(sandbox.Id).Select(ToStatus));
        _events.Publish(happened);
    }
}
