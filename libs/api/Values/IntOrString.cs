using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kube.Api.Values;

/// <summary>A number or a text: a port's number or name, a count or a percentage. The default value is 0.</summary>
[JsonConverter(typeof(IntOrStringJsonConverter))]
public readonly struct IntOrString : IEquatable<IntOrString>
{
    private readonly int _number;

    /// <summary>A number.</summary>
    public IntOrString(int number) => _number = number;

    /// <summary>A text, such as a port's name or "25%".</summary>
    public IntOrString(string text) => Text = text;

    /// <summary>True when this holds a number.</summary>
    [MemberNotNullWhen(false, nameof(Text))]
    public bool IsNumber => Text is null;

    /// <summary>The text; null when this holds a number.</summary>
    public string? Text { get; }

    /// <summary>The number; for a text its decimal value, or 0 when it is none (as in Go's IntValue).</summary>
    public int Number =>
        IsNumber ? _number : int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static implicit operator IntOrString(int number) => new(number);

    public static implicit operator IntOrString(string text) => new(text);

    public static bool operator ==(IntOrString left, IntOrString right) => left.Equals(right);

    public static bool operator !=(IntOrString left, IntOrString right) => !left.Equals(right);

    /// <summary>
    /// The number itself, or that percentage of <paramref name="total"/>, rounded up or down.
    /// </summary>
    /// <exception cref="FormatException">The text is no percentage.</exception>
    public int Scaled(int total, bool roundUp)
    {
        if (IsNumber)
        {
            return _number;
        }

        if (!Text.EndsWith('%'))
        {
            throw new FormatException("invalid value for IntOrString: invalid type: string is not a percentage");
        }

        if (!int.TryParse(Text.AsSpan(0, Text.Length - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var percent))
        {
            throw new FormatException($"invalid value for IntOrString: invalid value \"{Text}\"");
        }

        var product = (long)percent * total;
        var quotient = Math.DivRem(product, 100, out var remainder);
        if (roundUp && remainder > 0)
        {
            quotient++;
        }
        else if (!roundUp && remainder < 0)
        {
            quotient--;
        }

        return (int)quotient;
    }

    /// <inheritdoc/>
    public bool Equals(IntOrString other) => _number == other._number && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IntOrString other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_number, Text);

    /// <inheritdoc/>
    public override string ToString() => Text ?? _number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Reads and writes an <see cref="IntOrString"/> as a JSON number or string; null reads as 0.</summary>
public sealed class IntOrStringJsonConverter : JsonConverter<IntOrString>
{
    /// <inheritdoc/>
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new IntOrString(reader.GetString()!),
            JsonTokenType.Number => new IntOrString(reader.GetInt32()),
            JsonTokenType.Null => default,
            _ => throw new JsonException("a number or a string is expected"),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (value.IsNumber)
        {
            writer.WriteNumberValue(value.Number);
        }
        else
        {
            writer.WriteStringValue(value.Text);
        }
    }
}
