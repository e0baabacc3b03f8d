namespace Kube.Hosting;

/// <summary>The versions that the components report.</summary>
public static class KubeVersion
{
    /// <summary>The Kubernetes release whose behaviour is the reference, with this project's build suffix.</summary>
    public const string GitVersion = "v1.32.4+kube";

    /// <summary>Major part of <see cref="GitVersion"/>.</summary>
    public const string Major = "1";

    /// <summary>Minor part of <see cref="GitVersion"/>.</summary>
    public const string Minor = "32";

    /// <summary>The etcd release whose behaviour the store has.</summary>
    public const string Etcd = "3.5.21";
}
