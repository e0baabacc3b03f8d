using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kube.Streams.Remote;

/// <summary>
/// How a remote command ended, as the error channel says it: Kubernetes' Status since protocol v4, a text before.
/// </summary>
/// <param name="Json">The Status.</param>
/// <param name="Text">Its message; empty for success.</param>
public sealed record RemoteStatus(string Json, string Text)
{
    /// <summary>It ended well.</summary>
    public static RemoteStatus Success { get; } = new("""{"metadata":{},"status":"Success"}""", "");

    /// <summary>The command ended with a code; 0 is success.</summary>
    public static RemoteStatus Exited(int code)
    {
        if (code == 0)
        {
            return Success;
        }

        var number = code.ToString(CultureInfo.InvariantCulture);
        var message = $"command terminated with non-zero exit code: exit status {number}";
        return new(
            new JsonObject
            {
                ["metadata"] = new JsonObject(),
                ["status"] = "Failure",
                ["message"] = message,
                ["reason"] = "NonZeroExitCode",
                ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = number }) },
            }.ToJsonString(),
            message);
    }

    /// <summary>The command could not be run, or not to its end.</summary>
    public static RemoteStatus Failed(string why) => new(
        new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = "Internal error occurred: " + why,
            ["reason"] = "InternalError",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) },
            ["code"] = 500,
        }.ToJsonString(),
        why);

    /// <summary>Reads what an error channel of protocol v4 carried; a failure for what is no Status.</summary>
    public static RemoteStatus Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        try
        {
            if (JsonNode.Parse(text) is JsonObject status && (string?)status["status"] is { } outcome)
            {
                return outcome == "Success" ? Success : new(text, (string?)status["message"] ?? "");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // What came is told below.
        }

        return Failed(text.Length == 0 ? "the other side ended without saying how the command did" : text);
    }
}
