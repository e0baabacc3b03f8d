using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kube.ApiServer.Registry;
using Kube.Hosting;

namespace Kube.ApiServer.Host;

/// <summary>HTTPS to kubelets: their certificate must be the kubelet CA's, ours is the API server's kubelet client.</summary>
internal sealed class KubeletClient : IKubeletClient, IDisposable
{
    private readonly HttpMessageInvoker _http;

    public KubeletClient(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, errors) =>
            presented is X509Certificate2 kubelet
            && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0
            && ServingCertificate.IsTrusted(kubelet, authorities, ServingCertificate.ServerAuthentication);
        _http = new HttpMessageInvoker(handler);
    }

    public async Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();
}
