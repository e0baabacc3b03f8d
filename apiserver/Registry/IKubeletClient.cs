namespace Kube.ApiServer.Registry;

/// <summary>Speaks to kubelets with the API server's client certificate. Thread-safe.</summary>
public interface IKubeletClient
{
    /// <summary>
    /// Gets a resource of a kubelet; the answer's body is a stream that may go on for long. The caller disposes it.
    /// </summary>
    /// <exception cref="HttpRequestException">The kubelet cannot be reached or is not trusted.</exception>
    Task<HttpResponseMessage> GetAsync(Uri address, CancellationToken cancellationToken);
}
