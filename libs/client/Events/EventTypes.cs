namespace Kube.Client.Events;

/// <summary>Types of events.</summary>
public static class EventTypes
{
    public const string Normal = "Normal";

    public const string Warning = "Warning";
}
