using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>One key with its value. Immutable.</summary>
    public sealed class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>An entry of text.</summary>
        /// <exception cref="ArgumentException">The key has a character that a header may not have, or ends in <c>-bin</c>.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalize(key);
            if (IsBinary)
            {
                throw new ArgumentException("The key of a text entry must not end in '-bin'.", nameof(key));
            }

            _text = value;
        }

        /// <summary>An entry of bytes, which are copied.</summary>
        /// <exception cref="ArgumentException">The key has a character that a header may not have, or does not end in <c>-bin</c>.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalize(key);
            if (!IsBinary)
            {
                throw new ArgumentException("The key of an entry of bytes must end in '-bin'.", nameof(key));
            }

            _bytes = (byte[])valueBytes.Clone();
        }

        private Entry(string key, string? text, byte[]? bytes)
        {
            Key = key;
            _text = text;
            _bytes = bytes;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The value as bytes: a copy of the bytes, or the ASCII bytes of the text.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : (byte[])_bytes.Clone();

        /// <summary>The value as text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException("The value of a '-bin' entry is bytes.");

        /// <summary>The bytes without a copy, for the wire.</summary>
        internal ReadOnlySpan<byte> RawBytes => _bytes;

        /// <inheritdoc/>
        public override string ToString() =>
            _text is null ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes!)}]" : $"[Entry: key={Key}, value={_text}]";

        internal bool KeyEquals(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        /// <summary>An entry read from the wire: the key is known to be a header name in lower case, the bytes are not shared.</summary>
        internal static Entry FromWire(string key, string text) => new(key, text, null);

        /// <inheritdoc cref="FromWire(string, string)"/>
        internal static Entry FromWire(string key, byte[] bytes) => new(key, null, bytes);

        private static string Normalize(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var lower = key.ToLowerInvariant();
            if (lower.AsSpan().ContainsAnyExcept(KeyCharacters))
            {
                throw new ArgumentException($"The metadata key '{key}' has a character other than a letter, a digit, '.', '_' or '-'.", nameof(key));
            }

            return lower;
        }
    }
}
