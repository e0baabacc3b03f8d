using Kube.Api.Meta.V1;
using Kube.Client.Events;

namespace Kube.Kubelet.Hollow;

/// <summary>Hollow nodes write no events: nothing happened.</summary>
internal sealed class SilentEvents : IEventRecorder
{
    public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null)
    {
    }
}
