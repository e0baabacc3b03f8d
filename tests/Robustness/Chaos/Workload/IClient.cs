namespace Kube.Robustness.Chaos.Workload;

/// <summary>One client of a run.</summary>
internal interface IClient : IDisposable
{
    /// <summary>Works until the token is cancelled, and ends then with no operation under way.</summary>
    Task RunAsync(CancellationToken ct);
}
