using System.Diagnostics;

namespace Kube.Load.Api;

/// <summary>An HTTPS server as a process of its own; ended by <see cref="Dispose"/>.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServerProcess(Process process, HttpClient http, string url)
    {
        _process = process;
        _http = http;
        Url = url;
    }

    public string Url { get; }

    /// <summary>Resident bytes of the process.</summary>
    public double ResidentBytes => MemberUsage.Of([_process.Id]).ResidentBytes;

    /// <summary>User and system time of the process.</summary>
    public double CpuSeconds => MemberUsage.Of([_process.Id]).CpuSeconds;

    /// <summary>Starts an API server over a store; it may be asked once <see cref="ReadyAsync"/> returns.</summary>
    public static ServerProcess StartApiServer(string kube, BenchPki pki, int port, IEnumerable<string> store)
    {
        string[] arguments =
        [
            "apiserver", "--bind-address", "127.0.0.1", "--secure-port", $"{port}", "--etcd-servers", string.Join(',', store),
            "--client-ca-file", pki.FileOf("ca.crt"), "--tls-cert-file", pki.FileOf("server.crt"), "--tls-private-key-file", pki.FileOf("server.key"),
            "--service-account-issuer", "https://kubernetes.default.svc.cluster.local",
            "--service-account-key-file", pki.FileOf("sa.key"), "--service-account-signing-key-file", pki.FileOf("sa.key"),
            "--authorization-mode", "Node,RBAC",
        ];
        return Start(kube, arguments, pki, port);
    }

    /// <summary>Starts this program's own bare handler, which answers each path with the bytes of a file.</summary>
    public static ServerProcess StartLimit(BenchPki pki, int port, string directory)
    {
        string[] arguments = [typeof(ServerProcess).Assembly.Location, "limit", "--port", $"{port}", "--pki", pki.FileOf(""), "--files", directory];
        return Start("dotnet", arguments, pki, port);
    }

    /// <summary>Waits until a path is answered with 200, and says how long after the start that was.</summary>
    public async Task<TimeSpan> ReadyAsync(string path, CancellationToken cancellationToken)
    {
        while (_sinceStart.Elapsed < s_patience && !_process.HasExited)
        {
            try
            {
                using var response = await _http.GetAsync(Url + path, cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return _sinceStart.Elapsed;
                }
            }
            catch (HttpRequestException)
            {
                // The port is not open yet.
            }

            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }

        throw new TimeoutException($"{Url}{path} was not ready within {s_patience}");
    }

    /// <summary>Sends one request as the administrator; anything but success is an error.</summary>
    public async Task<byte[]> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Url + path) { Version = new Version(2, 0) };
        if (body is not null)
        {
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? bytes
            : throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {System.Text.Encoding.UTF8.GetString(bytes)}");
    }

    public Task<byte[]> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public void Dispose()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static ServerProcess Start(string executable, string[] arguments, BenchPki pki, int port)
    {
        var process = Process.Start(new ProcessStartInfo(executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient(new SocketsHttpHandler { SslOptions = pki.Tls("admin") }) { Timeout = TimeSpan.FromMinutes(1) };
        return new ServerProcess(process, http, $"https://127.0.0.1:{port}");
    }
}
