using System.Globalization;
using Grpc.Core;
using Kube.Api.Core.V1;
using Kube.Client.Events;
using Kube.Kubelet.Runtime;
using Cri = Kube.Proto.Cri.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Starting a container failed; reason and message are those of its waiting state.</summary>
internal sealed class ContainerStartException(string reason, string message, bool retryLater = true) : Exception(message)
{
    public string Reason { get; } = reason;

    /// <summary>Whether it is worth trying again without a change to the pod.</summary>
    public bool RetryLater { get; } = retryLater;
}

/// <summary>Sees to it that a container's image is on the node, with Kubernetes' policies, back-off and events. One for each pod.</summary>
internal sealed class ImagePuller(ICriRuntime runtime, IEventRecorder events, IObjectSource objects, TimeProvider time)
{
    private readonly ContainerBackOff _backOff = new();
    private readonly Dictionary<string, (string Error, DateTimeOffset At)> _failures = new(StringComparer.Ordinal);

    /// <summary>Keys whose present back-off has had its event.</summary>
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>How long until the next pull of the container's image may be tried; zero when now.</summary>
    public TimeSpan Remaining(Pod pod, Container container)
    {
        string key = Key(pod, container);
        return _failures.TryGetValue(key, out (string Error, DateTimeOffset At) failure)
            ? _backOff.Remaining(key, failure.At, time.GetUtcNow())
            : TimeSpan.Zero;
    }

    /// <summary>Answers the image's reference on this node.</summary>
    /// <exception cref="ContainerStartException">The image cannot be had now.</exception>
    public async Task<(string Reference, Cri.Image? Image)> EnsureAsync(
        Pod pod, Container container, Cri.PodSandboxConfig sandbox, string fieldPath, CancellationToken cancellation)
    {
        string image = WithTag(container.Image ?? "");
        if (image.Length == 0 || image.Any(char.IsWhiteSpace) || image.Split('@')[0].Split(':')[0].Any(char.IsUpper))
        {
            string invalid = $"Failed to apply default image tag \"{container.Image}\": couldn't parse image name \"{container.Image}\": invalid reference format";
            events.Event(pod, "Warning", "InspectFailed", invalid, fieldPath);
            throw new ContainerStartException("InvalidImageName", invalid);
        }

        Cri.ImageSpec spec = new() { Image = image };
        Cri.Image? present = await runtime.ImageStatusAsync(spec, cancellation);
        string policy = container.ImagePullPolicy is { Length: > 0 } given ? given : image.EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent";
        if (present is not null && policy != "Always")
        {
            events.Event(pod, "Normal", "Pulled", $"Container image \"{container.Image}\" already present on machine", fieldPath);
            return (present.Id, present);
        }

        if (policy == "Never")
        {
            string absent = $"Container image \"{container.Image}\" is not present with pull policy of Never";
            events.Event(pod, "Warning", "ErrImageNeverPull", absent, fieldPath);
            throw new ContainerStartException("ErrImageNeverPull", absent);
        }

        return await PullAsync(pod, container, spec, sandbox, fieldPath, cancellation);
    }

    private async Task<(string Reference, Cri.Image? Image)> PullAsync(
        Pod pod, Container container, Cri.ImageSpec spec, Cri.PodSandboxConfig sandbox, string fieldPath, CancellationToken cancellation)
    {
        string key = Key(pod, container);
        DateTimeOffset started = time.GetUtcNow();
        if (Remaining(pod, container) > TimeSpan.Zero)
        {
            string message = $"Back-off pulling image \"{container.Image}\"";
            if (_told.Add(key))
            {
                events.Event(pod, "Normal", "BackOff", message, fieldPath);
            }

            throw new ContainerStartException("ImagePullBackOff", $"{message}: ErrImagePull: {_failures[key].Error}");
        }

        events.Event(pod, "Normal", "Pulling", $"Pulling image \"{container.Image}\"", fieldPath);
        try
        {
            string reference = await PullWithSecretsAsync(pod, spec, sandbox, cancellation);
            string took = GoDuration.Format(TimeSpan.FromMilliseconds(Math.Floor((time.GetUtcNow() - started).TotalMilliseconds)));
            Cri.Image? image = await runtime.ImageStatusAsync(spec, cancellation);
            events.Event(
                pod,
                "Normal",
                "Pulled",
                string.Create(CultureInfo.InvariantCulture, $"Successfully pulled image \"{container.Image}\" in {took} ({took} including waiting). Image size: {image?.Size ?? 0} bytes."),
                fieldPath);
            _backOff.Reset(key);
            _failures.Remove(key);
            return (reference, image);
        }
        catch (Exception e) when (e is InvalidDataException or RpcException)
        {
            string text = CriError.Text(e);
            events.Event(pod, "Warning", "Failed", $"Failed to pull image \"{container.Image}\": {text}", fieldPath);
            DateTimeOffset now = time.GetUtcNow();
            _backOff.Next(key, now, now);
            _failures[key] = (text, now);
            _told.Remove(key);
            throw new ContainerStartException("ErrImagePull", text);
        }
    }

    private async Task<string> PullWithSecretsAsync(Pod pod, Cri.ImageSpec spec, Cri.PodSandboxConfig sandbox, CancellationToken cancellation)
    {
        RpcException? refused = null;
        foreach (Cri.AuthConfig auth in RegistryCredentials.For(spec.Image, await SecretsAsync(pod, cancellation)))
        {
            try
            {
                return await runtime.PullImageAsync(spec, auth, sandbox, cancellation);
            }
            catch (RpcException e)
            {
                refused = e;
            }
        }

        return refused is null ? await runtime.PullImageAsync(spec, null, sandbox, cancellation) : throw refused;
    }

    /// <summary>The pod's pull secrets that are there; of the others its user is told.</summary>
    private async Task<IReadOnlyList<Secret>> SecretsAsync(Pod pod, CancellationToken cancellation)
    {
        List<Secret> found = [];
        List<string> missing = [];
        foreach (string name in (pod.Spec?.ImagePullSecrets ?? []).Select(static r => r.Name ?? "").Where(static n => n.Length > 0))
        {
            if (await objects.SecretAsync(pod.Metadata.Namespace!, name, cancellation) is { } secret)
            {
                found.Add(secret);
            }
            else
            {
                missing.Add(name);
            }
        }

        if (missing.Count > 0)
        {
            events.Event(
                pod,
                "Warning",
                "FailedToRetrieveImagePullSecret",
                $"Unable to retrieve some image pull secrets ({string.Join(", ", missing)}); attempting to pull the image may not succeed.");
        }

        return found;
    }

    internal static string WithTag(string image)
    {
        string last = image[(image.LastIndexOf('/') + 1)..];
        return image.Length == 0 || last.Contains(':') || image.Contains('@') ? image : image + ":latest";
    }

    private static string Key(Pod pod, Container container) => $"{pod.Uid()}_{container.Image}";
}
