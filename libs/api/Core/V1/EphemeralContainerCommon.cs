using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class EphemeralContainerCommon
{
    [Field(1, Required = true, Always = true)]
    [NameFormat(NameFormat.DnsLabel)]
    public string? Name { get; set; }

    [Field(2)]
    public string? Image { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Command { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Args { get; set; }

    [Field(5)]
    public string? WorkingDir { get; set; }

    [Field(6)]
    [ListType(ListKind.Map, "containerPort", "protocol")]
    [PatchStrategy("merge", MergeKey = "containerPort")]
    public List<ContainerPort>? Ports { get; set; }

    [Field(19)]
    [ListType(ListKind.Atomic)]
    public List<EnvFromSource>? EnvFrom { get; set; }

    [Field(7)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<EnvVar>? Env { get; set; }

    [Field(8, Always = true)]
    public ResourceRequirements? Resources { get; set; }

    [Field(23)]
    [ListType(ListKind.Atomic)]
    public List<ContainerResizePolicy>? ResizePolicy { get; set; }

    [Field(24, Pointer = true)]
    public string? RestartPolicy { get; set; }

    [Field(9)]
    [ListType(ListKind.Map, "mountPath")]
    [PatchStrategy("merge", MergeKey = "mountPath")]
    public List<VolumeMount>? VolumeMounts { get; set; }

    [Field(21)]
    [ListType(ListKind.Map, "devicePath")]
    [PatchStrategy("merge", MergeKey = "devicePath")]
    public List<VolumeDevice>? VolumeDevices { get; set; }

    [Field(10)]
    public Probe? LivenessProbe { get; set; }

    [Field(11)]
    public Probe? ReadinessProbe { get; set; }

    [Field(22)]
    public Probe? StartupProbe { get; set; }

    [Field(12)]
    public Lifecycle? Lifecycle { get; set; }

    [Field(13)]
    [Default("\"/dev/termination-log\"")]
    public string? TerminationMessagePath { get; set; }

    [Field(20)]
    [Enum("File", "FallbackToLogsOnError")]
    [Default("\"File\"")]
    public string? TerminationMessagePolicy { get; set; }

    [Field(14)]
    [Enum("Always", "Never", "IfNotPresent")]
    public string? ImagePullPolicy { get; set; }

    [Field(15)]
    public SecurityContext? SecurityContext { get; set; }

    [Field(16)]
    public bool Stdin { get; set; }

    [Field(17)]
    public bool StdinOnce { get; set; }

    [Field(18)]
    public bool Tty { get; set; }
}
