using System.Net;
using System.Net.Sockets;
using Kube.Streams.Spdy;
using Kube.Testing;

namespace Kube.Streams.Tests;

public sealed class KeepAliveTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Over real sockets, for it is the kernel of the client's machine that answers: the client has filled every buffer on the way
    /// to a stream that nobody reads, and is gone then. Nobody would ever read that it is.
    /// </summary>
    [Fact]
    public async Task A_client_that_vanishes_while_its_data_stands_still_is_noticed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clientSocket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await clientSocket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var time = new ManualTimeProvider();
        await using var server = new SpdyConnection(new NetworkStream(await listener.AcceptSocketAsync(), ownsSocket: true), server: true) { KeepAlive = (Period, time) };
        var serverRun = server.RunAsync(CancellationToken.None);
        var client = new SpdyConnection(new NetworkStream(clientSocket, ownsSocket: true), server: false);
        var clientRun = client.RunAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var flooding = FloodAsync(await client.OpenAsync([new("streamtype", "stdin")], limit.Token));
        Assert.NotNull(await server.AcceptAsync(limit.Token));

        // Living clients get pings and go on.
        time.Advance(Period);
        Assert.False(serverRun.IsCompleted);
        await Eventually.HoldsAsync(() => Standing(clientSocket), "the client's data stands still");

        // As when the process is killed: the kernel keeps what is not sent yet.
        clientSocket.Close();
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(Period);
                return serverRun.IsCompleted;
            },
            "the server notices");
        Assert.True(server.Ended.IsCancellationRequested);
        await client.DisposeAsync();
        await clientRun;
        await flooding;
    }

    /// <summary>Whether no more can be written to the socket.</summary>
    private static bool Standing(Socket socket) => !socket.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectWrite);

    private static async Task FloodAsync(SpdyStream stream)
    {
        try
        {
            var zeroes = new byte[64 * 1024];
            while (true)
            {
                await stream.WriteAsync(zeroes);
            }
        }
        catch (IOException)
        {
            // Gone.
        }
    }
}
