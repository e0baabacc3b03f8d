namespace Kube.Hosting.Configuration;

/// <summary>A configuration file says something that it may not; the message names the field.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
