namespace Kube.Streams.Remote;

/// <summary>Which streams a client wants of a command.</summary>
public sealed record RemoteRequest(bool Input, bool Output, bool Error, bool Terminal);
