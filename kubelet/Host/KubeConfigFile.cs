using Kube.Client.Config;
using Kube.Client.Rest;
using Kube.Hosting;

namespace Kube.Kubelet.Host;

/// <summary>Reads the file of <c>--kubeconfig</c>.</summary>
internal static class KubeConfigFile
{
    /// <exception cref="StartupException">The file is missing or cannot be used.</exception>
    public static KubeClientOptions Load(string file)
    {
        try
        {
            return KubeConfig.Load(file).ToOptions();
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--kubeconfig {file}: {e.Message}", e);
        }
    }
}
