using System.Text;

namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// Kubernetes' $(NAME) references in commands, arguments and variables: a known name becomes its value, an unknown one
/// stays as written, and $$ is a dollar sign that begins no reference.
/// </summary>
internal static class Expansion
{
    public static string Expand(string text, IReadOnlyDictionary<string, string> values) =>
        Expand(text, name => values.GetValueOrDefault(name));

    /// <summary>As the other, with a null for a name that is not known.</summary>
    public static string Expand(string text, Func<string, string?> valueOf)
    {
        if (!text.Contains('$'))
        {
            return text;
        }

        StringBuilder expanded = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
            }
            else if (text[i + 1] == '$')
            {
                expanded.Append('$');
                i++;
            }
            else if (text[i + 1] == '(' && text.IndexOf(')', i + 2) is var close and > 0)
            {
                string name = text[(i + 2)..close];
                expanded.Append(valueOf(name) ?? text[i..(close + 1)]);
                i = close;
            }
            else
            {
                expanded.Append('$');
            }
        }

        return expanded.ToString();
    }
}
