using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kube.ApiServer.Rpc;

/// <summary>An HTTP response that is written into a pipe. Written by the request, read by the call.</summary>
internal sealed class BufferedResponse(PipeWriter writer) : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isBroken;

    /// <summary>Completes when the head is complete: status and headers no longer change.</summary>
    public Task Started => _started.Task;

    /// <summary>True when the server gave the response up after its head.</summary>
    public bool IsBroken => _isBroken;

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>As <see cref="Writer"/>; part of the older interface.</summary>
    public Stream Body
    {
        get => Stream;
        set => throw new NotSupportedException("the body of an exchange in process cannot be replaced");
    }

    /// <summary>True once bytes may have been read.</summary>
    public bool HasStarted => _started.Task.IsCompleted;

    public Stream Stream { get; } = writer.AsStream(leaveOpen: true);

    public PipeWriter Writer => writer;

    public void Break() => _isBroken = true;

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        _started.TrySetResult();
        return Task.CompletedTask;
    }

    public Task CompleteAsync()
    {
        _started.TrySetResult();
        return Task.CompletedTask;
    }

    public void DisableBuffering()
    {
        // The pipe hands on what is flushed.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("the API serves no files");

    public void OnStarting(Func<object, Task> callback, object state) =>
        throw new NotSupportedException("nothing in the API's pipeline waits for the start of a response");

    public void OnCompleted(Func<object, Task> callback, object state) =>
        throw new NotSupportedException("nothing in the API's pipeline waits for the end of a response");
}
