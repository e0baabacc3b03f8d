using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kube.Api.Core.V1;
using Kube.Hosting;
using Kube.Scheduler.Framework;
using Microsoft.Extensions.Logging;

namespace Kube.Scheduler.Host.Extenders;

/// <summary>An extender behind an HTTP server. Each call is one POST within the extender's time limit. Thread-safe.</summary>
public sealed partial class HttpExtender : IExtender, IAsyncDisposable
{
    /// <summary>More than the nodes of the largest cluster take.</summary>
    private const int MaxAnswerBytes = 256 * 1024 * 1024;

    private readonly ExtenderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http;

    /// <exception cref="StartupException">A certificate or key can't be read.</exception>
    public HttpExtender(ExtenderOptions options, TimeProvider time, ILogger<HttpExtender> log)
    {
        _options = options;
        _time = time;
        _log = log;
        _http = new HttpClient(new SocketsHttpHandler { SslOptions = TlsOf(options), UseProxy = false })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    public string Name => _options.UrlPrefix;

    public bool IsIgnorable => _options.IsIgnorable;

    public bool Filters => _options.FilterVerb.Length > 0;

    public long Weight => _options.PrioritizeVerb.Length > 0 ? _options.Weight : 0;

    public bool Preempts => _options.PreemptVerb.Length > 0;

    public bool Binds => _options.BindVerb.Length > 0;

    public bool IsInterestedIn(PodInfo pod) => _options.ManagedResources.Count == 0
        || (pod.Spec.Containers ?? []).Exists(AsksForManaged)
        || (pod.Spec.InitContainers ?? []).Exists(AsksForManaged);

    public async Task<ExtenderVerdicts> FilterAsync(PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(_options.FilterVerb, ExtenderWire.Arguments(pod, nodes, _options.KnowsNodes), cancellationToken).ConfigureAwait(false);
        return Understood(() => ExtenderWire.ReadVerdicts(Name, answer, nodes, _options.KnowsNodes));
    }

    public async Task<IReadOnlyDictionary<string, long>> ScoreAsync(PodInfo pod, IReadOnlyList<NodeInfo> nodes, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(_options.PrioritizeVerb, ExtenderWire.Arguments(pod, nodes, _options.KnowsNodes), cancellationToken).ConfigureAwait(false);
        return Understood(() => ExtenderWire.ReadScores(Name, answer));
    }

    public async Task<IReadOnlyList<PreemptionCandidate>> PreemptAsync(PodInfo pod, IReadOnlyList<PreemptionCandidate> candidates, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(_options.PreemptVerb, ExtenderWire.Arguments(pod, candidates, _options.KnowsNodes), cancellationToken).ConfigureAwait(false);
        return Understood(() => ExtenderWire.ReadCandidates(Name, answer, candidates));
    }

    public async Task BindAsync(PodInfo pod, string node, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(_options.BindVerb, ExtenderWire.Arguments(pod, node), cancellationToken).ConfigureAwait(false);
        Understood(() =>
        {
            ExtenderWire.CheckBinding(Name, answer);
            return true;
        });
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool AsksForManaged(Container container) =>
        (container.Resources?.Requests ?? []).Keys.Any(_options.ManagedResources.Contains)
        || (container.Resources?.Limits ?? []).Keys.Any(_options.ManagedResources.Contains);

    private async Task<byte[]> SendAsync(string verb, byte[] body, CancellationToken cancellationToken)
    {
        var url = $"{Name.TrimEnd('/')}/{verb}";
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(new Uri(url), content, either.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false)
                : throw Logged(new ExtenderException($"failed {verb} with extender at URL {url}, code {(int)response.StatusCode}"));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Logged(new ExtenderException($"Post \"{url}\": no answer within {_options.Timeout.TotalSeconds} s", e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Logged(new ExtenderException($"Post \"{url}\": {e.Message}", e));
        }
    }

    private T Understood<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ExtenderException e)
        {
            throw Logged(e);
        }
    }

    /// <summary>Whether or not pods wait for it, whoever runs the extender has to know.</summary>
    private ExtenderException Logged(ExtenderException failure)
    {
        LogFailed(Name, IsIgnorable, failure.Message);
        return failure;
    }

    private static SslClientAuthenticationOptions TlsOf(ExtenderOptions options)
    {
        var tls = options.Tls;
        var ssl = new SslClientAuthenticationOptions { TargetHost = tls.ServerName.Length > 0 ? tls.ServerName : null };
        try
        {
            if (tls.HasCertificate)
            {
                var pair = X509Certificate2.CreateFromPem(Pem(tls.CertificateData, tls.CertificateFile), Pem(tls.KeyData, tls.KeyFile));
                ssl.ClientCertificates = [pair];
            }

            if (tls.IsInsecure)
            {
                ssl.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            }
            else if (tls.HasAuthority)
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPem(Pem(tls.AuthorityData, tls.AuthorityFile));
                ssl.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                ssl.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
            }

            return ssl;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"extender {options.UrlPrefix}: {e.Message}", e);
        }
    }

    private static string Pem(string data, string file) => data.Length > 0 ? data : File.ReadAllText(file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Extender {Extender} (ignorable: {IsIgnorable}) failed: {Reason}")]
    private partial void LogFailed(string extender, bool isIgnorable, string reason);
}
