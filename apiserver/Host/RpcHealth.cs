using Kube.ApiServer.Rpc;
using Kube.Hosting;
using Kube.Rpc.Services.Health;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kube.ApiServer.Host;

/// <summary>Keeps the gRPC health service true: it says what /readyz says. One task until disposed.</summary>
internal sealed class RpcHealth : IAsyncDisposable
{
    private static readonly TimeSpan WhileReady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhileNot = TimeSpan.FromMilliseconds(250);

    private readonly HealthService _service;
    private readonly HealthChecks _ready;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public RpcHealth(HealthService service, HealthChecks ready, TimeProvider time)
    {
        _service = service;
        _ready = ready;
        _time = time;
        Set(ServingStatus.NotServing);
    }

    public void Start() => _running = RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _service.StopServing();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var reports = await _ready.RunAsync([], _time, cancellationToken).ConfigureAwait(false);
                var isReady = reports.All(report => report.Passed);
                Set(isReady ? ServingStatus.Serving : ServingStatus.NotServing);
                await Task.Delay(isReady ? WhileReady : WhileNot, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void Set(ServingStatus status)
    {
        _service.SetStatus("", status);
        _service.SetStatus(RpcEndpoints.ServiceName, status);
    }
}
