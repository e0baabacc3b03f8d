using System.Text.Json;

namespace Kube.Streams.Remote;

/// <summary>A terminal's size in characters.</summary>
public readonly record struct TerminalSize(ushort Columns, ushort Rows)
{
    /// <summary>Reads the JSON form, <c>{"Width":80,"Height":24}</c>; false for anything else.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out TerminalSize size)
    {
        size = default;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("Width", out var width) || !width.TryGetUInt16(out var columns)
                || !root.TryGetProperty("Height", out var height) || !height.TryGetUInt16(out var rows))
            {
                return false;
            }

            size = new TerminalSize(columns, rows);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The JSON form.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, int> { ["Width"] = Columns, ["Height"] = Rows });
}
