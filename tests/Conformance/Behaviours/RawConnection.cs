using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kube.Conformance.Tests.Behaviours;

/// <summary>One HTTP/1.1 connection on which a client sends the bytes it likes: no library puts them right.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp;
    private readonly SslStream _tls;

    private RawConnection(TcpClient tcp, SslStream tls)
    {
        _tcp = tcp;
        _tls = tls;
    }

    /// <summary>Connects, with a client's certificate if one is given.</summary>
    public static async Task<RawConnection> OpenAsync(int port, string? certificateFile = null, string? keyFile = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, limit.Token);

        // Whose server it is, other tests ask.
        var tls = new SslStream(tcp.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ClientCertificates = certificateFile is null ? [] : [X509Certificate2.CreateFromPemFile(certificateFile, keyFile)],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };
        await tls.AuthenticateAsClientAsync(options, limit.Token);
        return new RawConnection(tcp, tls);
    }

    public async Task SendAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        await _tls.WriteAsync(bytes, limit.Token);
        await _tls.FlushAsync(limit.Token);
    }

    /// <summary>Sends a request without a body, and reads the answer, which may come before the whole request is sent.</summary>
    public async Task<(int Code, string Text)> AskAsync(string target, string method = "GET", params string[] headers)
    {
        var lines = string.Concat(headers.Select(static header => header + "\r\n"));
        try
        {
            await SendAsync(Encoding.UTF8.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n"));
        }
        catch (IOException)
        {
            // A server that refuses a request by its first bytes answers and closes while the rest is still on its way: the answer
            // is there to be read. Where there is none, reading fails.
        }

        return await ReadAsync();
    }

    /// <summary>Reads until the server closes: the answer's code, and all of its text. Code 0 for a connection that ends without an answer.</summary>
    public async Task<(int Code, string Text)> ReadAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var all = new MemoryStream();
        try
        {
            await _tls.CopyToAsync(all, limit.Token);
        }
        catch (IOException) when (all.Length > 0)
        {
            // Closed the hard way, after an answer.
        }

        var text = Encoding.UTF8.GetString(all.ToArray());
        return (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : 0, text);
    }

    /// <summary>Closes at once, with a reset: as a client does that has died.</summary>
    public void Abort()
    {
        _tcp.Client.LingerState = new LingerOption(true, 0);
        _tcp.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _tls.DisposeAsync();
        _tcp.Dispose();
    }
}
