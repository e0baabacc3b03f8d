using System.Text;

namespace Grpc.Core;

/// <summary>
/// What the connection proves about the peer. With a client certificate, the identity is its subject alternative
/// names, or its common name where it has none.
/// </summary>
public class AuthContext
{
    private readonly string? _peerIdentityPropertyName;
    private readonly Dictionary<string, List<AuthProperty>> _properties;

    /// <summary>Properties, and the name of those that identify the peer; null when nothing does.</summary>
    public AuthContext(string? peerIdentityPropertyName, Dictionary<string, List<AuthProperty>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        _peerIdentityPropertyName = peerIdentityPropertyName;
        _properties = properties;
    }

    /// <summary>Whether the peer has proved an identity.</summary>
    public bool IsPeerAuthenticated => _peerIdentityPropertyName is not null;

    /// <summary>Name of the properties that identify the peer.</summary>
    public string? PeerIdentityPropertyName => _peerIdentityPropertyName;

    /// <summary>The properties that identify the peer; empty when nothing does.</summary>
    public IEnumerable<AuthProperty> PeerIdentity =>
        _peerIdentityPropertyName is null ? [] : _properties[_peerIdentityPropertyName];

    /// <summary>All properties.</summary>
    public IEnumerable<AuthProperty> Properties => _properties.Values.SelectMany(list => list);

    /// <summary>The properties of that name.</summary>
    public IEnumerable<AuthProperty> FindPropertiesByName(string propertyName) =>
        _properties.TryGetValue(propertyName, out var list) ? list : [];
}

/// <summary>One thing that the connection proves. Immutable.</summary>
public class AuthProperty
{
    private readonly byte[] _value;

    private AuthProperty(string name, byte[] value)
    {
        Name = name;
        _value = value;
    }

    /// <summary>Name of the property.</summary>
    public string Name { get; }

    /// <summary>The value as UTF-8 text.</summary>
    public string Value => Encoding.UTF8.GetString(_value);

    /// <summary>The value as bytes: a copy.</summary>
    public byte[] ValueBytes => (byte[])_value.Clone();

    /// <summary>Makes a property.</summary>
    public static AuthProperty Create(string name, byte[] valueBytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(valueBytes);
        return new AuthProperty(name, (byte[])valueBytes.Clone());
    }
}
