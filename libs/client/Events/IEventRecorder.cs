namespace Kube.Client.Events;

/// <summary>Tells the cluster's users what happened to an object. Never blocks, never throws for a server's sake.</summary>
public interface IEventRecorder
{
    /// <param name="about">The object; its apiVersion and kind must be set.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">Why, in CamelCase: FailedCreate.</param>
    /// <param name="message">For people.</param>
    /// <param name="fieldPath">Part of the object that it is about: spec.containers{name}; null for all of it.</param>
    void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null);
}
