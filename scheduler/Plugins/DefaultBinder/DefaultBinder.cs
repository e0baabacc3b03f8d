using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Plugins.DefaultBinder;

/// <summary>Binds a pod by posting its Binding.</summary>
public sealed class DefaultBinder : IBindPlugin
{
    public string Name => "DefaultBinder";

    public async ValueTask<Status> BindAsync(PodInfo pod, string node, IBindingContext context, CancellationToken cancellationToken)
    {
        await context.Api.BindAsync(pod, node, cancellationToken).ConfigureAwait(false);
        return Status.Success;
    }
}
