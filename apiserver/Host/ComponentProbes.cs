using System.Globalization;
using System.Net.Sockets;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Host;

/// <summary>
/// Asks scheduler and controllers of this machine how they are, on the ports that they have unless told otherwise, as Kubernetes does. Whose
/// certificate answers is not looked at: nothing is told to whom.
/// </summary>
internal sealed class ComponentProbes : IDisposable
{
    private const int ControllersPort = 10257;
    private const int SchedulerPort = 10259;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });

    private readonly TimeProvider _time;

    public ComponentProbes(TimeProvider time)
    {
        _time = time;
        All = new Dictionary<string, Func<CancellationToken, Task<ComponentHealth>>>
        {
            ["controller-manager"] = cancellation => AskAsync(ControllersPort, cancellation),
            ["scheduler"] = cancellation => AskAsync(SchedulerPort, cancellation),
        };
    }

    /// <summary>How to ask each component, by its name.</summary>
    public IReadOnlyDictionary<string, Func<CancellationToken, Task<ComponentHealth>>> All { get; }

    public void Dispose() => _http.Dispose();

    private async Task<ComponentHealth> AskAsync(int port, CancellationToken cancellation)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/healthz");
        using var bound = new CancellationTokenSource(_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var answer = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            var said = await answer.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return (int)answer.StatusCode is >= 200 and < 400
                ? new ComponentHealth(true, said)
                : new ComponentHealth(false, string.Create(CultureInfo.InvariantCulture, $"HTTP probe failed with statuscode: {(int)answer.StatusCode}"));
        }
        catch (HttpRequestException e)
        {
            var why = e.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? string.Create(CultureInfo.InvariantCulture, $"dial tcp 127.0.0.1:{port}: connect: connection refused")
                : e.GetBaseException().Message;
            return new ComponentHealth(false, $"Get \"{url}\": {why}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ComponentHealth(false, $"Get \"{url}\": context deadline exceeded");
        }
    }
}
