using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>What is remembered of a sandbox on disk beside its configuration. Version 1.</summary>
internal sealed record SandboxRecord
{
    public int Version { get; init; } = 1;

    public bool Ready { get; init; }

    /// <summary>Nanoseconds since the epoch.</summary>
    public long CreatedAt { get; init; }

    public string? Address { get; init; }

    public string RuntimeHandler { get; init; } = "";
}

/// <summary>How far a container has come.</summary>
internal enum ContainerStage
{
    Created,

    /// <summary>Recorded before the first process exists, so that a crash in between leaves a trace.</summary>
    Starting,
    Running,
    Exited,
}

/// <summary>What is remembered of a container on disk beside its configuration; times in nanoseconds since the epoch. Version 1.</summary>
internal sealed record ContainerRecord
{
    public int Version { get; init; } = 1;

    public required string SandboxId { get; init; }

    /// <summary>Where the log goes; empty when the pod wants none.</summary>
    public string LogPath { get; init; } = "";

    public ContainerStage Stage { get; init; }

    public long CreatedAt { get; init; }

    public long StartedAt { get; init; }

    public long FinishedAt { get; init; }

    public int ExitCode { get; init; }

    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SandboxRecord))]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class ProcessRecordsContext : JsonSerializerContext;

/// <summary>Reads and writes records and configurations; a file is whole or not there.</summary>
internal static class ProcessRecordFiles
{
    public const string State = "state.json";
    public const string Config = "config.json";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static void Write<T>(string directory, T record, JsonTypeInfo<T> type) =>
        WriteWhole(Path.Combine(directory, State), JsonSerializer.SerializeToUtf8Bytes(record, type));

    /// <summary>The record, or null when the directory has none: its creation did not come to an end.</summary>
    public static T? Read<T>(string directory, JsonTypeInfo<T> type)
        where T : class
    {
        string path = Path.Combine(directory, State);
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
    }

    public static void WriteConfig(string directory, IMessage config) =>
        WriteWhole(Path.Combine(directory, Config), System.Text.Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(config)));

    public static T ReadConfig<T>(string directory)
        where T : IMessage<T>, new() => Parser.Parse<T>(File.ReadAllText(Path.Combine(directory, Config)));

    private static void WriteWhole(string path, byte[] content)
    {
        string temporary = path + ".new";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}
