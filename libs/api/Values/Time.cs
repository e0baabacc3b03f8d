using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kube.Api.Values;

/// <summary>A time to the second, written in UTC as RFC 3339 has it: 2006-01-02T15:04:05Z. Smaller parts are cut off.</summary>
[JsonConverter(typeof(TimeJsonConverter))]
public readonly struct Time : IEquatable<Time>, IComparable<Time>
{
    /// <summary>The time in UTC, cut to whole seconds.</summary>
    public Time(DateTimeOffset value)
    {
        var utc = value.ToUniversalTime();
        Value = utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerSecond));
    }

    /// <summary>The time, in UTC.</summary>
    public DateTimeOffset Value { get; }

    public static implicit operator Time(DateTimeOffset value) => new(value);

    public static implicit operator DateTimeOffset(Time time) => time.Value;

    public static bool operator ==(Time left, Time right) => left.Equals(right);

    public static bool operator !=(Time left, Time right) => !left.Equals(right);

    public static bool operator <(Time left, Time right) => left.CompareTo(right) < 0;

    public static bool operator >(Time left, Time right) => left.CompareTo(right) > 0;

    public static bool operator <=(Time left, Time right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Time left, Time right) => left.CompareTo(right) >= 0;

    /// <summary>Reads an RFC 3339 time with any zone and any number of decimals.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Time time)
    {
        var parsed = Rfc3339.TryParse(text, out var value);
        time = parsed ? new Time(value) : default;
        return parsed;
    }

    /// <summary>Reads an RFC 3339 time.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static Time Parse(string text) =>
        TryParse(text, out var time) ? time : throw new FormatException($"\"{text}\" is not an RFC 3339 time");

    /// <inheritdoc/>
    public int CompareTo(Time other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public bool Equals(Time other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Time other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>
/// Reads and writes a <see cref="Time"/> as a JSON string. Where null cannot be left out, as in a map, it stands for the
/// default time, as Go has it.
/// </summary>
public sealed class TimeJsonConverter : JsonConverter<Time>
{
    /// <inheritdoc/>
    public override Time Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Time.TryParse(text, out var time) ? time : throw new JsonException($"\"{text}\" is not an RFC 3339 time");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Time value, JsonSerializerOptions options)
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
