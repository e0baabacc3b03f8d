using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;
using Kube.Rpc.Wire;

namespace Kube.Rpc.Tests.Wire;

public class FramingTests
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(
        (message, context) =>
        {
            context.SetPayloadLength(message.Length);
            context.GetBufferWriter().Write(message);
            context.Complete();
        },
        context => context.PayloadAsReadOnlySequence().ToArray());

    [Fact]
    public void AnySplit_GivesTheMessages() => Prop.ForAll(
        Messages().ToArbitrary(),
        Gen.Choose(1, 13).ToArbitrary(),
        ArbMap.Default.ArbFor<bool>(),
        (messages, chunk, gzip) =>
        {
            var wire = Serialize(messages, gzip);
            var read = ReadAll(wire, chunk, maxSize: 1000, isGzip: true);
            return read.Count == messages.Length && read.Zip(messages).All(pair => pair.First.SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyCut_InsideAMessage_IsInternal()
    {
        var wire = Serialize([[1, 2, 3], [], [4]], gzip: false);
        int[] boundaries = [0, 8, 13, 19];
        for (var cut = 0; cut <= wire.Length; cut++)
        {
            var part = wire[..cut];
            if (boundaries.Contains(cut))
            {
                Assert.Equal(Array.IndexOf(boundaries, cut), ReadAll(part, 3, 10, false).Count);
            }
            else
            {
                var e = Assert.Throws<RpcException>(() => ReadAll(part, 3, 10, false));
                Assert.Equal(StatusCode.Internal, e.StatusCode);
            }
        }
    }

    [Fact]
    public void ArbitraryBytes_GiveMessagesOrAStatus() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>().Filter(bytes => bytes is not null),
        bytes =>
        {
            try
            {
                ReadAll(bytes, 4, 64, isGzip: true);
                return true;
            }
            catch (RpcException e)
            {
                return e.StatusCode is StatusCode.Internal or StatusCode.ResourceExhausted;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task TooLarge_IsRefusedByItsPrefix()
    {
        // Only the prefix is there: the reader must not wait for a message that it will not take.
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[] { 0, 0, 0, 1, 1 });
        var reader = new MessageReader(pipe.Reader, 256, isGzip: false);
        var e = await Assert.ThrowsAsync<RpcException>(
            () => reader.ReadAsync(Bytes.ContextualDeserializer, default, default).AsTask());
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Equal("received message larger than max (257 vs. 256)", e.Status.Detail);
    }

    [Fact]
    public void SizeLimit_CountsDecompressedBytes()
    {
        var wire = Serialize([new byte[100_000]], gzip: true);
        Assert.True(wire.Length < 1_000);
        var e = Assert.Throws<RpcException>(() => ReadAll(wire, 100, 50_000, isGzip: true));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public void CompressedFlag_WithoutCompression_IsInternal()
    {
        var wire = Serialize([[1]], gzip: true);
        Assert.Equal(
            StatusCode.Internal,
            Assert.Throws<RpcException>(() => ReadAll(wire, 100, 100, isGzip: false)).StatusCode);
    }

    [Fact]
    public void Serializer_RefusesTooLarge_BeforeWriting()
    {
        using var output = new PooledBufferWriter();
        var serializer = new MessageSerializer(maxMessageSize: 3);
        var e = Assert.Throws<RpcException>(
            () => serializer.Write(output, new byte[4], Bytes.ContextualSerializer, mayCompress: false));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Equal(0, output.WrittenCount);
        Assert.False(serializer.IsOutputTorn);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Serializer_TearsTheOutput_WhenTheAnnouncedLengthIsWrong(int difference)
    {
        using var output = new PooledBufferWriter();
        var serializer = new MessageSerializer(null);
        Assert.Throws<InvalidOperationException>(() => serializer.Write(
            output,
            new byte[4],
            (message, context) =>
            {
                context.SetPayloadLength(4 + difference);
                context.GetBufferWriter().Write(message);
                context.Complete();
            },
            mayCompress: false));
        Assert.True(serializer.IsOutputTorn);
    }

    [Fact]
    public void Serializer_TakesEveryStyle()
    {
        Action<byte[], SerializationContext>[] styles =
        [
            Bytes.ContextualSerializer,
            (message, context) => context.Complete(message),
            (message, context) =>
            {
                context.GetBufferWriter().Write(message);
                context.Complete();
            },
        ];
        foreach (var style in styles)
        {
            foreach (var message in new[] { Array.Empty<byte>(), [1, 2, 3] })
            {
                using var output = new PooledBufferWriter();
                var written = new MessageSerializer(null).Write(output, message, style, mayCompress: true);
                Assert.Equal([0, 0, 0, 0, (byte)message.Length, .. message], output.WrittenMemory.ToArray());
                Assert.Equal(output.WrittenCount, written);
            }
        }
    }

    [Fact]
    public void Serializer_ThatDoesNotComplete_Fails() =>
        Assert.Throws<InvalidOperationException>(() =>
        {
            using var output = new PooledBufferWriter();
            new MessageSerializer(null).Write(output, new byte[1], (_, _) => { }, mayCompress: false);
        });

    private static Gen<byte[][]> Messages() =>
        ArbMap.Default.GeneratorFor<byte[]>().Where(bytes => bytes is not null).ArrayOf();

    private static byte[] Serialize(byte[][] messages, bool gzip)
    {
        using var output = new PooledBufferWriter();
        var serializer = new MessageSerializer(null) { Compression = gzip ? CompressionLevel.Fastest : null };
        foreach (var message in messages)
        {
            serializer.Write(output, message, Bytes.ContextualSerializer, mayCompress: true);
        }

        return output.WrittenMemory.ToArray();
    }

    /// <summary>Reads from a stream that completes every read at once, so that nothing blocks.</summary>
    private static List<byte[]> ReadAll(byte[] wire, int chunk, int maxSize, bool isGzip)
    {
        var task = ReadAllAsync(wire, chunk, maxSize, isGzip);
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    private static async Task<List<byte[]>> ReadAllAsync(byte[] wire, int chunk, int maxSize, bool isGzip)
    {
        var pipe = PipeReader.Create(new DripStream(wire, chunk), new StreamPipeReaderOptions(bufferSize: 16, minimumReadSize: 1));
        var reader = new MessageReader(pipe, maxSize, isGzip);
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(Bytes.ContextualDeserializer, default, default) is { IsFound: true } result)
        {
            messages.Add(result.Message);
        }

        return messages;
    }

    /// <summary>Gives at most a few bytes with each read.</summary>
    private sealed class DripStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > chunk ? buffer[..chunk] : buffer, cancellationToken);
    }
}
