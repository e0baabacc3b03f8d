using Kube.Client.Informers;
using Kube.Client.LeaderElection;
using Kube.Client.Rest;
using Kube.Controllers.Framework;
using Kube.Hosting;
using Kube.Hosting.Metrics;
using Microsoft.Extensions.Logging;

namespace Kube.Controllers.Host;

/// <summary>
/// All controllers in one process, run while it leads. When the lease is lost the controllers stop, and the host
/// stands for leader again with new ones: nothing that the former knew is taken over.
/// </summary>
public sealed partial class ControllersHost : IAsyncDisposable, IFailable
{
    private readonly ControllersHostOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly KubeClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LeaderElector? _elector;
    private MetricsRegistry? _metrics;
    private ComponentServer? _server;
    private Task _loop = Task.CompletedTask;
    private volatile IReadOnlyList<IController> _running = [];

    private ControllersHost(ControllersHostOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _log = loggers.CreateLogger<ControllersHost>();
        _client = new KubeClient(options.Client, time, loggers);
        _elector = options.LeaderElection is null ? null : new LeaderElector(_client, options.LeaderElection);
    }

    /// <inheritdoc/>
    public Task<Exception> Failed => _failed.Task;

    /// <summary>True while the controllers run here.</summary>
    public bool IsLeading => _running.Count > 0;

    /// <summary>
    /// Checks the options, serves health and metrics, and goes on to lead in the background. Throws
    /// <see cref="StartupException"/> for what a person can mend.
    /// </summary>
    public static async Task<ControllersHost> StartAsync(
        ControllersHostOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            ControllerCatalog.Validate(options.Controllers.Controllers);
        }
        catch (ArgumentException e)
        {
            throw new StartupException(e.Message, e);
        }

        var host = new ControllersHost(options, loggers, time);
        try
        {
            await host.ServeAsync(time, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        host._loop = Task.Run(host.RunAsync, CancellationToken.None);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _metrics?.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(TimeProvider time, CancellationToken cancellation)
    {
        if (_options.Endpoint is not { } endpoint)
        {
            return;
        }

        _metrics = new MetricsRegistry();
        var checks = new HealthChecks()
            .Add("leaderElection", () => !_failed.Task.IsCompleted, "the controllers have failed")
            .Add("controllers", () => _running.All(static controller => controller.IsHealthy), "a controller has stopped working");
        _server = await ComponentServer.StartAsync(
            new ComponentServerOptions
            {
                Endpoint = endpoint,
                Certificate = _options.Certificate ?? throw new StartupException("a serving certificate is needed: --tls-cert-file and --tls-private-key-file"),
                ClientAuthorities = _options.ClientAuthorities,
                Live = checks,
                Ready = checks,
                Metrics = _metrics,
            },
            _loggers,
            time,
            cancellation).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            await _client.WaitUntilReadyAsync(_stop.Token).ConfigureAwait(false);
            while (!_stop.IsCancellationRequested)
            {
                if (_elector is null)
                {
                    await LeadAsync(_stop.Token).ConfigureAwait(false);
                }
                else if (!await _elector.RunAsync(LeadAsync, _stop.Token).ConfigureAwait(false))
                {
                    LogStandingAgain();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception e)
        {
            LogFailed(e);
            _failed.TrySetResult(e);
        }
    }

    /// <summary>Runs new controllers until the token is signalled; throws when one of them fails.</summary>
    private async Task LeadAsync(CancellationToken cancellation)
    {
        var informers = new SharedInformerFactory(_client);
        await using (informers.ConfigureAwait(false))
        {
            var context = new ControllerContext(_client, informers, _loggers, _options.Seed);
            var controllers = ControllerCatalog.Create(context, _options.Controllers);
            _running = controllers;
            try
            {
                informers.Start();
                await RunAllAsync(controllers, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _running = [];
                foreach (var controller in controllers)
                {
                    await controller.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>One that fails stops the others: half of the controllers do harm where all of them do good.</summary>
    private static async Task RunAllAsync(IReadOnlyList<IController> controllers, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = controllers.Select(controller => Task.Run(() => controller.RunAsync(stop.Token), CancellationToken.None)).ToList();
        var first = await Task.WhenAny(Task.WhenAll(running), AnyFaultAsync(running)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }

    private static async Task AnyFaultAsync(IReadOnlyList<Task> tasks)
    {
        var left = tasks.ToList();
        while (left.Count > 0)
        {
            var done = await Task.WhenAny(left).ConfigureAwait(false);
            left.Remove(done);
            if (done.IsFaulted)
            {
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease is lost; the controllers have stopped and stand for leader again")]
    private partial void LogStandingAgain();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The controllers have failed")]
    private partial void LogFailed(Exception exception);
}
