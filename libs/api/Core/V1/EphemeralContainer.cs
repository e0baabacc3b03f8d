using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>
/// A container put into a running pod to look into it. It gets no resources of its own, is never restarted and cannot be
/// taken out again.
/// </summary>
public sealed class EphemeralContainer
{
    /// <summary>Name of the container, unique in the pod.</summary>
    [Field(1, Within = 1, Required = true, Always = true)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Name { get; set; }

    /// <summary>The image to run.</summary>
    [Field(2, Within = 1)]
    public string? Image { get; set; }

    /// <summary>The program, in place of the image's entry point. $(NAME) stands for an environment variable.</summary>
    [Field(3, Within = 1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Command { get; set; }

    /// <summary>The program's arguments, in place of the image's. $(NAME) stands for an environment variable.</summary>
    [Field(4, Within = 1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Args { get; set; }

    /// <summary>Directory the program starts in; the image's own when absent.</summary>
    [Field(5, Within = 1)]
    public string? WorkingDir { get; set; }

    /// <summary>Ports the container listens on. Information: an unlisted port can be reached too.</summary>
    [Field(6, Within = 1)]
    [ListType(ListKind.Map, "containerPort", "protocol")]
    [PatchStrategy("merge", MergeKey = "containerPort")]
    public List<ContainerPort>? Ports { get; set; }

    /// <summary>Sources whose every key becomes an environment variable. A variable in env wins over one from here.</summary>
    [Field(19, Within = 1)]
    [ListType(ListKind.Atomic)]
    public List<EnvFromSource>? EnvFrom { get; set; }

    /// <summary>Environment variables.</summary>
    [Field(7, Within = 1)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<EnvVar>? Env { get; set; }

    /// <summary>Resources the container asks for and may use.</summary>
    [Field(8, Within = 1, Always = true)]
    public ResourceRequirements? Resources { get; set; }

    /// <summary>Whether the container must restart when a resource changes in place.</summary>
    [Field(23, Within = 1)]
    [ListType(ListKind.Atomic)]
    public List<ContainerResizePolicy>? ResizePolicy { get; set; }

    /// <summary>Only for init containers: Always makes it a sidecar that runs on beside the others.</summary>
    [Field(24, Within = 1, Pointer = true)]
    public string? RestartPolicy { get; set; }

    /// <summary>Where volumes appear in the container's file system.</summary>
    [Field(9, Within = 1)]
    [ListType(ListKind.Map, "mountPath")]
    [PatchStrategy("merge", MergeKey = "mountPath")]
    public List<VolumeMount>? VolumeMounts { get; set; }

    /// <summary>Where block devices appear in the container.</summary>
    [Field(21, Within = 1)]
    [ListType(ListKind.Map, "devicePath")]
    [PatchStrategy("merge", MergeKey = "devicePath")]
    public List<VolumeDevice>? VolumeDevices { get; set; }

    /// <summary>Tells whether the container still works; it is restarted when not.</summary>
    [Field(10, Within = 1)]
    public Probe? LivenessProbe { get; set; }

    /// <summary>Tells whether the container can serve; the pod gets no traffic when not.</summary>
    [Field(11, Within = 1)]
    public Probe? ReadinessProbe { get; set; }

    /// <summary>Tells whether the container has started; the other probes wait for it.</summary>
    [Field(22, Within = 1)]
    public Probe? StartupProbe { get; set; }

    /// <summary>What to do right after the container starts and right before it stops.</summary>
    [Field(12, Within = 1)]
    public Lifecycle? Lifecycle { get; set; }

    /// <summary>File whose contents become the container's termination message.</summary>
    [Field(13, Within = 1)]
    [Default("\"/dev/termination-log\"")]
    public string? TerminationMessagePath { get; set; }

    /// <summary>
    /// File takes the message from the file alone; FallbackToLogsOnError takes the end of the log when the container failed
    /// and the file is empty.
    /// </summary>
    [Field(20, Within = 1)]
    [Enum("FallbackToLogsOnError", "File")]
    [Default("\"File\"")]
    public string? TerminationMessagePolicy { get; set; }

    /// <summary>
    /// When to pull the image: Always, IfNotPresent or Never. Always when the tag is latest or absent, else IfNotPresent.
    /// </summary>
    [Field(14, Within = 1)]
    [Enum("Always", "IfNotPresent", "Never")]
    public string? ImagePullPolicy { get; set; }

    /// <summary>Security settings of the container; they win over the pod's.</summary>
    [Field(15, Within = 1)]
    public SecurityContext? SecurityContext { get; set; }

    /// <summary>Keeps standard input open for attach.</summary>
    [Field(16, Within = 1)]
    public bool Stdin { get; set; }

    /// <summary>Closes standard input when the first client that attached leaves.</summary>
    [Field(17, Within = 1)]
    public bool StdinOnce { get; set; }

    /// <summary>Gives the container a terminal; needs stdin.</summary>
    [Field(18, Within = 1)]
    public bool Tty { get; set; }

    /// <summary>The container whose processes it should see.</summary>
    [Field(2)]
    public string? TargetContainerName { get; set; }
}
