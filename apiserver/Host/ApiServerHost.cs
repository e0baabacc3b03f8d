using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using Kube.ApiServer.Audit;
using Kube.ApiServer.Auth.Tokens;
using Kube.ApiServer.Registry.Services;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Rpc;
using Kube.ApiServer.Security;
using Kube.ApiServer.Storage.Etcd;
using Kube.ApiServer.Storage;
using Kube.Base;
using Kube.Hosting.Metrics;
using Kube.Hosting;
using Kube.Rpc.Services.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Host;

/// <summary>
/// A running API server: HTTPS with HTTP/1.1 and HTTP/2 on one port, over a store. Disposing stops it: long streams
/// end, requests in flight are finished, the port is closed.
/// </summary>
public sealed class ApiServerHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _application;
    private readonly IObjectStorage _storage;
    private readonly MetricsRegistry _metrics;
    private readonly SystemObjects _systemObjects;
    private readonly RpcHealth _rpcHealth;
    private readonly StoreCompactor? _compactor;
    private readonly IDisposable? _kubelets;
    private readonly ComponentProbes _components;
    private readonly AuditLog? _audit;

    private ApiServerHost(
        WebApplication application,
        ApiServerCore core,
        IObjectStorage storage,
        MetricsRegistry metrics,
        SystemObjects systemObjects,
        RpcHealth rpcHealth,
        StoreCompactor? compactor,
        IDisposable? kubelets,
        ComponentProbes components,
        AuditLog? audit)
    {
        _application = application;
        Core = core;
        _storage = storage;
        _metrics = metrics;
        _systemObjects = systemObjects;
        _rpcHealth = rpcHealth;
        _compactor = compactor;
        _kubelets = kubelets;
        _components = components;
        _audit = audit;
    }

    public ApiServerCore Core { get; }

    /// <summary>Starts to serve. Returns once the port is open; /readyz tells when the caches are filled.</summary>
    /// <exception cref="StartupException">A file cannot be read, or the port not be bound.</exception>
    public static async Task<ApiServerHost> StartAsync(ApiServerOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var storage = CreateStorage(options, time, loggers);
        return await StartAsync(options, storage, loggers, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same over a given store, which the host then owns.</summary>
    public static async Task<ApiServerHost> StartAsync(
        ApiServerOptions options, IObjectStorage storage, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        // Servers of one process, as tests have them, have instruments of the same names.
        var metricsScope = new object();
        var metrics = new MetricsRegistry(metricsScope);
        var kubelets = CreateKubelets(options);
        var components = new ComponentProbes(time);
        var range = AddressRange.TryParse(options.ServiceClusterIpRange)
            ?? throw new StartupException($"--service-cluster-ip-range: '{options.ServiceClusterIpRange}' is not an IPv4 range such as 10.96.0.0/16");
        if (options is { MaxRequestsInflight: < 0 } or { MaxMutatingRequestsInflight: < 0 } or { MaxRequestsInflight: 0, MaxMutatingRequestsInflight: 0 })
        {
            throw new StartupException("--max-requests-inflight and --max-mutating-requests-inflight: neither may be below 0, and their sum must be above it");
        }

        ApiServerCore? core = null;
        SystemObjects? systemObjects = null;
        var live = new HealthChecks().Add("ping", () => true, "").Add("log", () => true, "");
        AddStoreCheck(live, "etcd", storage);
        var ready = new HealthChecks().Add("ping", () => true, "").Add("log", () => true, "");
        AddStoreCheck(ready, "etcd", storage);
        AddStoreCheck(ready, "etcd-readiness", storage);
        ready.Add("informer-sync", () => core!.CachesReady, "the caches are not filled yet");
        ready.Add("poststarthook/start-system-namespaces-controller", () => systemObjects!.Done, "the system namespaces are not there yet");
        ready.Add("poststarthook/scheduling/bootstrap-system-priority-classes", () => systemObjects!.Done, "the system priority classes are not there yet");
        ready.Add("poststarthook/priority-and-fairness-config-producer", () => systemObjects!.FlowsDone, "the flow schemas and priority levels are not there yet");
        ready.Add("poststarthook/rbac/bootstrap-roles", () => systemObjects!.RolesDone, "the bootstrap roles are not there yet");
        var logger = loggers.CreateLogger<ApiServerHost>();
        var advertised = new IPEndPoint(options.AdvertiseAddress ?? options.Endpoint.Address, options.Endpoint.Port);
        var security = Security(options, time);
        var audit = OpenAuditLog(options, metricsScope);
        core = new ApiServerCore(
            new ApiServerCoreOptions
            {
                MetricsScope = metricsScope,
                ServiceRange = range,
                AdvertisedAddress = advertised.ToString(),
                Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
                EventTimeToLive = options.EventTtl,
                RequestTimeout = options.RequestTimeout,
                MaxReadsInFlight = options.MaxRequestsInflight,
                MaxWritesInFlight = options.MaxMutatingRequestsInflight,
                AllowAnonymous = options.AnonymousAuth,
                Kubelets = kubelets,
                Components = components.All,
                Audit = audit is null ? NoAudit.Instance : audit,
                CreateSecurity = security.Build,
                CreateSubresources = security.Subresources,
                HostPaths = new Dictionary<string, RequestDelegate>(security.Documents(advertised.ToString()))
                {
                    ["/healthz"] = http => HealthPaths.AnswerAsync(http, "healthz", live, time, logger),
                    ["/livez"] = http => HealthPaths.AnswerAsync(http, "livez", live, time, logger),
                    ["/readyz"] = http => HealthPaths.AnswerAsync(http, "readyz", ready, time, logger),
                    ["/metrics"] = http => WriteMetricsAsync(http, metrics),
                },
            },
            storage,
            time,
            loggers);
        systemObjects = new SystemObjects(core.Registry, range, advertised, time, loggers.CreateLogger<SystemObjects>());
        var application = Build(options, core, loggers, time);
        var rpcHealth = new RpcHealth(application.Services.GetRequiredService<HealthService>(), ready, time);
        core.Start();
        await ComponentServer.StartAsync(application, options.Endpoint, cancellationToken).ConfigureAwait(false);
        systemObjects.Start();
        rpcHealth.Start();
        var compactor = storage is EtcdObjectStorage etcd && options.EtcdCompactionInterval > TimeSpan.Zero
            ? new StoreCompactor(etcd, options.EtcdCompactionInterval, time, loggers.CreateLogger<StoreCompactor>())
            : null;
        return new ApiServerHost(application, core, storage, metrics, systemObjects, rpcHealth, compactor, kubelets, components, audit);
    }

    public async ValueTask DisposeAsync()
    {
        await _rpcHealth.DisposeAsync().ConfigureAwait(false);
        await _systemObjects.DisposeAsync().ConfigureAwait(false);
        if (_compactor is not null)
        {
            await _compactor.DisposeAsync().ConfigureAwait(false);
        }

        await Core.StopStreamsAsync().ConfigureAwait(false);
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        await Core.DisposeAsync().ConfigureAwait(false);
        await _storage.DisposeAsync().ConfigureAwait(false);
        if (_audit is not null)
        {
            await _audit.DisposeAsync().ConfigureAwait(false);
        }

        _kubelets?.Dispose();
        _components.Dispose();
        _metrics.Dispose();
    }

    private static WebApplication Build(ApiServerOptions options, ApiServerCore core, ILoggerFactory loggers, TimeProvider time)
    {
        var certificate = ServingCertificate.Load(options.TlsCertFile, options.TlsPrivateKeyFile);
        var authorities = options.ClientCaFile is { } file ? ServingCertificate.LoadAuthorities(file) : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(time);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainLimit);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);

            // A longer field than HTTP/2's limit ends the connection, with all requests that are on it.
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 128 * 1024;
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 256 * 1024;
            kestrel.Listen(options.Endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.ClientCertificateValidation = (presented, _, _) =>
                        authorities is not null && ServingCertificate.IsTrusted(presented, authorities, ServingCertificate.ClientAuthentication);
                });
            });
        });
        builder.Services.AddKubeRpc();
        var application = builder.Build();

        application.MapKubeRpc(core.InvokeAsync);

        // Endpoints have to stand before the terminal middleware, else that would get every request, gRPC included.
        application.UseRouting();
        application.UseEndpoints(_ => { });
        application.Run(core.InvokeAsync);
        return application;
    }

    private static EtcdObjectStorage CreateStorage(ApiServerOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var certificate = options is { EtcdCertFile: { } cert, EtcdKeyFile: { } key } ? ServingCertificate.Load(cert, key) : null;
        return new EtcdObjectStorage(
            new EtcdStorageOptions
            {
                Endpoints = options.EtcdServers,
                Authorities = options.EtcdCaFile is { } ca ? ServingCertificate.LoadAuthorities(ca) : null,
                ClientCertificate = certificate,
            },
            time,
            loggers);
    }

    private static KubeletClient? CreateKubelets(ApiServerOptions options) =>
        options is { KubeletClientCertificate: { } cert, KubeletClientKey: { } key, KubeletCertificateAuthority: { } ca }
            ? new KubeletClient(ServingCertificate.Load(cert, key), ServingCertificate.LoadAuthorities(ca))
            : null;

    private static SecurityBuilder Security(ApiServerOptions options, TimeProvider time)
    {
        if (options.AuthorizationModes.Except(SecurityBuilder.Modes).FirstOrDefault() is { } unknown)
        {
            throw new StartupException($"--authorization-mode: {unknown} is not one of {string.Join(", ", SecurityBuilder.Modes)}");
        }

        return new SecurityBuilder(
            new SecurityOptions
            {
                AuthorizationModes = options.AuthorizationModes,
                Tokens = Tokens(options, time),
                KeysUri = options.ServiceAccountJwksUri,
                Identifiers = new IdentifierSource(new Prng(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)))),
            },
            time);
    }

    private static ServiceAccountTokens? Tokens(ApiServerOptions options, TimeProvider time)
    {
        if (options.ServiceAccountIssuer is null || options.ServiceAccountKeyFiles.Count == 0)
        {
            return null;
        }

        return new ServiceAccountTokens(
            options.ServiceAccountIssuer,
            options.ServiceAccountSigningKeyFile is { } file ? ReadKey(file, ServiceAccountKeys.Signing) : null,
            [.. options.ServiceAccountKeyFiles.SelectMany(file => ReadKey(file, ServiceAccountKeys.Verification))],
            time);
    }

    private static T ReadKey<T>(string file, Func<string, T> read)
    {
        try
        {
            return read(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException($"cannot read the service account key {file}: {e.Message}", e);
        }
    }

    private static AuditLog? OpenAuditLog(ApiServerOptions options, object metricsScope)
    {
        try
        {
            return options.AuditLogPath is { } path ? new AuditLog(path, metricsScope) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot write --audit-log-path {options.AuditLogPath}: {e.Message}", e);
        }
    }

    private static void AddStoreCheck(HealthChecks checks, string name, IObjectStorage storage) =>
        checks.Add(name, async cancellationToken => await storage.CurrentRevisionAsync(cancellationToken).ConfigureAwait(false));

    private static Task WriteMetricsAsync(HttpContext http, MetricsRegistry metrics)
    {
        http.Response.ContentType = PrometheusText.ContentType;
        return http.Response.WriteAsync(PrometheusText.Write(metrics), http.RequestAborted);
    }
}
