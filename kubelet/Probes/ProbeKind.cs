namespace Kube.Kubelet.Probes;

internal enum ProbeKind
{
    Startup,
    Readiness,
    Liveness,
}
