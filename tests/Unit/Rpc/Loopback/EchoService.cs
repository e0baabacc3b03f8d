using Grpc.Core;
using Kube.Rpc.Tests.Proto;

namespace Kube.Rpc.Tests.Loopback;

/// <summary>Does what echo.proto says; a test may replace what a method does.</summary>
internal sealed class EchoService : Echo.EchoBase
{
    public Func<Note, ServerCallContext, Task<Note>>? OnUnary { get; set; }

    public Func<Note, IServerStreamWriter<Note>, ServerCallContext, Task>? OnExpand { get; set; }

    public Func<IAsyncStreamReader<Note>, ServerCallContext, Task<Note>>? OnCollect { get; set; }

    public Func<IAsyncStreamReader<Note>, IServerStreamWriter<Note>, ServerCallContext, Task>? OnChat { get; set; }

    public override Task<Note> Unary(Note request, ServerCallContext context) =>
        OnUnary?.Invoke(request, context) ?? Task.FromResult(request);

    public override async Task Expand(Note request, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        if (OnExpand is not null)
        {
            await OnExpand(request, responseStream, context);
            return;
        }

        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(new Note { Text = request.Text, Count = i, Data = request.Data });
        }
    }

    public override async Task<Note> Collect(IAsyncStreamReader<Note> requestStream, ServerCallContext context)
    {
        if (OnCollect is not null)
        {
            return await OnCollect(requestStream, context);
        }

        var texts = new List<string>();
        await foreach (var note in requestStream.ReadAllAsync())
        {
            texts.Add(note.Text);
        }

        return new Note { Text = string.Join(',', texts), Count = texts.Count };
    }

    public override async Task Chat(
        IAsyncStreamReader<Note> requestStream, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        if (OnChat is not null)
        {
            await OnChat(requestStream, responseStream, context);
            return;
        }

        await foreach (var note in requestStream.ReadAllAsync())
        {
            await responseStream.WriteAsync(note);
        }
    }
}
