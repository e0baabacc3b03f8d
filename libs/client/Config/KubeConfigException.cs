namespace Kube.Client.Config;

/// <summary>A kubeconfig cannot be read, or asks for something that is not there. The message names the place.</summary>
public sealed class KubeConfigException : Exception
{
    public KubeConfigException(string message)
        : base(message)
    {
    }

    public KubeConfigException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
