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
