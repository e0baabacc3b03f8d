using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kube.Client.Config;

/// <summary>Reading the YAML (or JSON, which is YAML) of a kubeconfig.</summary>
public sealed partial class KubeConfig
{
    /// <summary>Reads a kubeconfig from text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="baseDirectory">What relative file names in it are relative to.</param>
    public static KubeConfig Parse(string yaml, string baseDirectory)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException e)
        {
            throw new KubeConfigException($"kubeconfig is not YAML: {e.Message}", e);
        }

        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw new KubeConfigException("kubeconfig is not a YAML mapping");
        }

        return new KubeConfig(baseDirectory)
        {
            CurrentContext = Text(root, "current-context") ?? "",
            Clusters = Entries(root, "clusters", "cluster", ReadCluster),
            Users = Entries(root, "users", "user", ReadUser),
            Contexts = Entries(root, "contexts", "context", ReadContext),
        };
    }

    private static KubeConfigCluster ReadCluster(YamlMappingNode node) => new(
        Text(node, "server") ?? "",
        Text(node, "certificate-authority"),
        Text(node, "certificate-authority-data"),
        Text(node, "insecure-skip-tls-verify") == "true",
        Text(node, "tls-server-name"));

    private static KubeConfigUser ReadUser(YamlMappingNode node)
    {
        if (node.Children.ContainsKey("exec") || node.Children.ContainsKey("auth-provider"))
        {
            throw new KubeConfigException("credential plugins (exec, auth-provider) are not supported");
        }

        return new KubeConfigUser(
            Text(node, "client-certificate"),
            Text(node, "client-certificate-data"),
            Text(node, "client-key"),
            Text(node, "client-key-data"),
            Text(node, "token"),
            Text(node, "tokenFile"));
    }

    private static KubeConfigContext ReadContext(YamlMappingNode node) => new(
        Text(node, "cluster") ?? "",
        Text(node, "user") ?? "",
        Text(node, "namespace") ?? "default");

    private static Dictionary<string, T> Entries<T>(YamlMappingNode root, string list, string member, Func<YamlMappingNode, T> read)
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        if (!root.Children.TryGetValue(list, out var node) || node is not YamlSequenceNode sequence)
        {
            return entries;
        }

        foreach (var item in sequence.Children.OfType<YamlMappingNode>())
        {
            var name = Text(item, "name") ?? throw new KubeConfigException($"an entry of {list} has no name");
            var body = item.Children.TryGetValue(member, out var value) && value is YamlMappingNode mapping ? mapping : [];
            entries.TryAdd(name, read(body));
        }

        return entries;
    }

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { Length: > 0 } text } && text != "null" ? text : null;
}
