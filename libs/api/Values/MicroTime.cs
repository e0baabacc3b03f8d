using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kube.Api.Values;

/// <summary>A time to the microsecond, written in UTC with six decimals: 2006-01-02T15:04:05.000000Z. Smaller parts are cut off.</summary>
[JsonConverter(typeof(MicroTimeJsonConverter))]
public readonly struct MicroTime : IEquatable<MicroTime>, IComparable<MicroTime>
{
    /// <summary>The time in UTC, cut to whole microseconds.</summary>
    public MicroTime(DateTimeOffset value)
    {
        var utc = value.ToUniversalTime();
        Value = utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>The time, in UTC.</summary>
    public DateTimeOffset Value { get; }

    public static implicit operator MicroTime(DateTimeOffset value) => new(value);

    public static implicit operator DateTimeOffset(MicroTime time) => time.Value;

    public static bool operator ==(MicroTime left, MicroTime right) => left.Equals(right);

    public static bool operator !=(MicroTime left, MicroTime right) => !left.Equals(right);

    public static bool operator <(MicroTime left, MicroTime right) => left.CompareTo(right) < 0;

    public static bool operator >(MicroTime left, MicroTime right) => left.CompareTo(right) > 0;

    public static bool operator <=(MicroTime left, MicroTime right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MicroTime left, MicroTime right) => left.CompareTo(right) >= 0;

    /// <summary>Reads an RFC 3339 time with any zone and any number of decimals.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out MicroTime time)
    {
        var parsed = Rfc3339.TryParse(text, out var value);
        time = parsed ? new MicroTime(value) : default;
        return parsed;
    }

    /// <summary>Reads an RFC 3339 time.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static MicroTime Parse(string text) =>
        TryParse(text, out var time) ? time : throw new FormatException($"\"{text}\" is not an RFC 3339 time");

    /// <inheritdoc/>
    public int CompareTo(MicroTime other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public bool Equals(MicroTime other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MicroTime other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>
/// Reads and writes a <see cref="MicroTime"/> as a JSON string. Where null cannot be left out, as in a map, it stands for the
/// default time, as Go has it.
/// </summary>
public sealed class MicroTimeJsonConverter : JsonConverter<MicroTime>
{
    /// <inheritdoc/>
    public override MicroTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return MicroTime.TryParse(text, out var time) ? time : throw new JsonException($"\"{text}\" is not an RFC 3339 time");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MicroTime value, JsonSerializerOptions options)
    {
        if (value == default)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
