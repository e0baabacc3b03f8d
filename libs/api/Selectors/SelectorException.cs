namespace Kube.Api.Selectors;

/// <summary>A selector that cannot be understood; the message is fit for a client.</summary>
public sealed class SelectorException(string message) : Exception(message);
