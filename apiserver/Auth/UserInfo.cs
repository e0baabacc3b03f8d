namespace Kube.ApiServer.Auth;

/// <summary>Who makes a request, as authentication found. Immutable.</summary>
/// <param name="Name">User name: a certificate's common name, "system:serviceaccount:ns:name", "system:anonymous".</param>
/// <param name="Uid">Distinguishes users of one name over time; may be empty.</param>
/// <param name="Groups">Groups the user is in, system:authenticated or system:unauthenticated among them.</param>
/// <param name="Extra">Further facts of the authenticator, such as the pod a token is bound to.</param>
public sealed record UserInfo(
    string Name,
    string Uid,
    IReadOnlyList<string> Groups,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    public const string AnonymousName = "system:anonymous";
    public const string AuthenticatedGroup = "system:authenticated";
    public const string UnauthenticatedGroup = "system:unauthenticated";
    public const string MastersGroup = "system:masters";

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoExtra = new Dictionary<string, IReadOnlyList<string>>();

    public UserInfo(string name, params string[] groups)
        : this(name, "", groups, NoExtra)
    {
    }

    /// <summary>A request without credentials.</summary>
    public static UserInfo Anonymous { get; } = new(AnonymousName, UnauthenticatedGroup);

    /// <summary>The API server's own loopback identity.</summary>
    public static UserInfo ApiServer { get; } = new("system:apiserver", MastersGroup, AuthenticatedGroup);
}
