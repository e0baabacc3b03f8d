namespace Kube.Controllers.Framework;

/// <summary>
/// Brings what is closer to what should be. A controller's constructor asks for its informers and sets its handlers;
/// the host starts the informers, then runs all controllers.
/// </summary>
public interface IController : IAsyncDisposable
{
    /// <summary>Name as --controllers has it: "deployment-controller".</summary>
    string Name { get; }

    /// <summary>False when the controller has stopped working; shown by /healthz.</summary>
    bool IsHealthy { get; }

    /// <summary>
    /// Works until <paramref name="cancellation"/> is signalled; then finishes what it is at and returns. Informers
    /// are started already but need not have synced. Called once.
    /// </summary>
    Task RunAsync(CancellationToken cancellation);
}
