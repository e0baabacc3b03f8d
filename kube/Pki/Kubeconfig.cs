using System.Text;

namespace Kube.Pki;

/// <summary>Writes a kubeconfig with one cluster, one user and one context, all credentials inline, as kubeadm does.</summary>
internal static class Kubeconfig
{
    private const string ClusterName = "kubernetes";

    /// <summary>The file's text.</summary>
    /// <param name="server">The API server's URL.</param>
    /// <param name="authority">The cluster CA in PEM.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="certificate">The user's certificate in PEM.</param>
    /// <param name="key">The certificate's key in PEM.</param>
    public static string Render(string server, string authority, string user, string certificate, string key) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - cluster:
            certificate-authority-data: {Base64(authority)}
            server: {server}
          name: {ClusterName}
        contexts:
        - context:
            cluster: {ClusterName}
            user: {user}
          name: {user}@{ClusterName}
        current-context: {user}@{ClusterName}
        preferences: {"{}"}
        users:
        - name: {user}
          user:
            client-certificate-data: {Base64(certificate)}
            client-key-data: {Base64(key)}

        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
