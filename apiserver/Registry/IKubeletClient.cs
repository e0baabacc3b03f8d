namespace Kube.ApiServer.Registry;

/// <summary>Speaks to kubelets with the API server's client certificate. Thread-safe.</summary>
public interface IKubeletClient
{
    /// <summary>
    /// Gets a resource of a kubelet; the answer's body is a stream that may go on for long. The caller disposes it.
    /// </summary>
    /// <exception cref="HttpRequestException">The kubelet cannot be reached or is not trusted.</exception>
    Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a request to a kubelet. An answer with 101 has a body that is the connection itself, both ways. The caller
    /// disposes it.
    /// </summary>
    /// <exception cref="HttpRequestException">The kubelet cannot be reached or is not trusted.</exception>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>The same to a pod or a service, without a certificate of ours and without asking for theirs.</summary>
    /// <exception cref="HttpRequestException">Nobody answers there.</exception>
    Task<HttpResponseMessage> SendToPodAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
