using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Kube.Hosting;

namespace Kube.Cluster;

/// <summary>Asks components over HTTPS, with the home's own certificates, whether they are ready. Dispose it when done.</summary>
internal sealed class ReadinessProbe : IDisposable
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2);

    private readonly ClusterOptions _options;
    private readonly HttpClient _store;
    private readonly HttpClient _cluster;

    public ReadinessProbe(ClusterHome home, ClusterOptions options)
    {
        _options = options;
        _store = Client(home.Pki("etcd/ca.crt"), home.Pki("etcd/healthcheck-client"));
        _cluster = Client(home.Pki("ca.crt"), home.Pki("apiserver-kubelet-client"));
    }

    /// <summary>Null when the component answers that it is ready, else why not.</summary>
    public async Task<string?> CheckAsync(ComponentSpec component, CancellationToken cancellationToken)
    {
        try
        {
            var client = component.Trust == ProbeTrust.Store ? _store : _cluster;
            using var response = await client.GetAsync(component.HealthUrl, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : $"{component.HealthUrl.AbsolutePath} answers {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return e.GetBaseException().Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {ProbeLimit.TotalSeconds:0} s";
        }
    }

    /// <summary>Null when the component answers at all, ready or not, else why not.</summary>
    public async Task<string?> CheckAnswersAsync(ComponentSpec component, CancellationToken cancellationToken)
    {
        var failure = await CheckAsync(component, cancellationToken).ConfigureAwait(false);
        return failure is null || failure.StartsWith(component.HealthUrl.AbsolutePath, StringComparison.Ordinal) ? null : failure;
    }

    /// <summary>Null when all nodes are Ready, else which are not.</summary>
    public async Task<string?> CheckNodesAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _cluster.GetAsync(
                new Uri($"https://127.0.0.1:{_options.ApiPort}/api/v1/nodes"), cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return $"listing the nodes answers {(int)response.StatusCode}";
            }

            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var list = await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
            var ready = list.RootElement.GetProperty("items").EnumerateArray().Where(IsReady)
                .Select(node => node.GetProperty("metadata").GetProperty("name").GetString()).ToHashSet();
            var missing = Enumerable.Range(1, _options.Nodes).Select(_options.NodeName).Where(name => !ready.Contains(name)).ToList();
            return missing.Count == 0 ? null : $"not Ready: {string.Join(", ", missing)}";
        }
        catch (HttpRequestException e)
        {
            return e.GetBaseException().Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {ProbeLimit.TotalSeconds:0} s";
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _cluster.Dispose();
    }

    private static bool IsReady(JsonElement node) =>
        node.TryGetProperty("status", out var status)
        && status.TryGetProperty("conditions", out var conditions)
        && conditions.EnumerateArray().Any(condition =>
            condition.GetProperty("type").GetString() == "Ready" && condition.GetProperty("status").GetString() == "True");

    private static HttpClient Client(string authorityFile, string certificatePath)
    {
        var authorities = ServingCertificate.LoadAuthorities(authorityFile);
        var certificate = ServingCertificate.Load(certificatePath + ".crt", certificatePath + ".key");
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
                RemoteCertificateValidationCallback = (_, server, _, errors) =>
                    (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0
                    && server is X509Certificate2 presented
                    && ServingCertificate.IsTrusted(presented, authorities, ServingCertificate.ServerAuthentication),
            },
        };
        var client = new HttpClient(handler) { Timeout = ProbeLimit };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }
}
