using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kube.ApiServer.Registry;
using Kube.Hosting;

namespace Kube.ApiServer.Host;

/// <summary>
/// HTTPS to kubelets: their certificate must be the kubelet CA's, ours is the API server's kubelet client. And HTTP or HTTPS to
/// pods and services.
/// </summary>
internal sealed class KubeletClient : IKubeletClient, IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly HttpMessageInvoker _pods;

    public KubeletClient(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        var handler = Handler();
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, errors) =>
            presented is X509Certificate2 kubelet
            && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0
            && ServingCertificate.IsTrusted(kubelet, authorities, ServingCertificate.ServerAuthentication);
        _http = new HttpMessageInvoker(handler);
        var pods = Handler();
        // As Kubernetes: a pod's certificate is nobody's business but the client's, who cannot see it.
        pods.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        _pods = new HttpMessageInvoker(pods);
    }

    public async Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    public Task<HttpResponseMessage> SendToPodAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _pods.SendAsync(request, cancellationToken);

    public void Dispose()
    {
        _http.Dispose();
        _pods.Dispose();
    }

    private static SocketsHttpHandler Handler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    };
}
