using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kube.Rpc.Services.Health;

/// <summary>
/// The gRPC health service. The server as a whole is the service with the empty name, SERVING unless set otherwise.
/// Statuses may be set from any thread. A watcher sees the newest status, not every one: nothing queues up behind a
/// client that reads slowly.
/// </summary>
public sealed class HealthService : Grpc.Health.V1.Health.HealthBase
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new() { [""] = ServingStatus.Serving };
    private TaskCompletionSource _changed = NewPulse();

    /// <summary>Sets the status of a service; watchers are told.</summary>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_sync)
        {
            _statuses[service] = status;
        }

        Pulse();
    }

    /// <summary>Makes a service unknown.</summary>
    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_sync)
        {
            _statuses.Remove(service);
        }

        Pulse();
    }

    /// <summary>Makes everything NOT_SERVING, as a server does that is about to stop.</summary>
    public void StopServing()
    {
        lock (_sync)
        {
            foreach (var service in _statuses.Keys.ToArray())
            {
                _statuses[service] = ServingStatus.NotServing;
            }
        }

        Pulse();
    }

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        lock (_sync)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, "unknown service"));
        }
    }

    /// <inheritdoc/>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus? sent = null;
        while (true)
        {
            var (status, changed) = Observe(request.Service);
            if (status != sent)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }).ConfigureAwait(false);
                sent = status;
            }

            await changed.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The status now, and a task that completes at the first change after it.</summary>
    private (ServingStatus Status, Task Changed) Observe(string service)
    {
        lock (_sync)
        {
            return (_statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown), _changed.Task);
        }
    }

    private void Pulse()
    {
        TaskCompletionSource changed;
        lock (_sync)
        {
            (changed, _changed) = (_changed, NewPulse());
        }

        changed.SetResult();
    }
}
