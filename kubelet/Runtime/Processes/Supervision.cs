using System.Globalization;
using Kube.Proto.Cri.V1;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// How a container becomes processes: the shell that supervises it, the program looked up as a runtime would look it
/// up, and the environment.
/// </summary>
internal sealed class Supervision
{
    public const string Shell = "/bin/sh";

    /// <summary>The search path of a container whose pod sets none.</summary>
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const string InDirectory = "cd \"$0\" && exec \"$@\"";

    private readonly string _start;
    private readonly string _plain;
    private readonly string _withInput;
    private readonly string _withTerminal;
    private readonly string _end;
    private readonly string? _setPrivileges;

    private Supervision(string setSession, string move, string? setPrivileges)
    {
        _setPrivileges = setPrivileges;
        // The container leads a session of its own, so no signal meant for it reaches its supervisor. Both files
        // appear by renaming: whoever sees them sees them whole.
        _start = $"""
            d=$1; w=$2; t=$3; shift 3
            cd "$w" || exit 1

            """;
        _plain = $"""
            {setSession} "$@" >>"$d/stdout" 2>>"$d/stderr" </dev/null &

            """;
        // The supervisor holds the pipe open for writing, so that a client that goes does not end the input. USR1 makes it let go.
        _withInput = $"""
            exec 3<>"$d/stdin"
            trap 'exec 3>&-' USR1
            {setSession} "$@" >>"$d/stdout" 2>>"$d/stderr" <"$d/stdin" 3>&- &

            """;
        // Descriptor 3 is the terminal's master, held open for the same reason.
        _withTerminal = $"""
            {setSession} -c "$@" <"$t" >"$t" 2>&1 3>&- &

            """;
        // A trapped signal ends wait before the container has ended.
        _end = $"""
            c=$!
            echo "$$ $c" >"$d/pids.new" && {move} "$d/pids.new" "$d/pids"
            wait "$c"; r=$?
            while kill -0 "$c" 2>/dev/null; do wait "$c"; r=$?; done
            echo $r >"$d/exit.new" && {move} "$d/exit.new" "$d/exit"
            """;
    }

    /// <summary>The supervision this host can do, or the reason why it can do none.</summary>
    public static (Supervision? Supervision, string? Missing) Find()
    {
        string? setSession = FindProgram("setsid", DefaultPath, "/");
        string? move = FindProgram("mv", DefaultPath, "/");
        return (File.Exists(Shell), setSession, move) switch
        {
            (false, _, _) => (null, $"the process runtime needs {Shell}"),
            (_, null, _) => (null, "the process runtime needs the program setsid (package util-linux or busybox)"),
            (_, _, null) => (null, "the process runtime needs the program mv"),
            _ => (new Supervision(setSession!, move!, FindProgram("setpriv", DefaultPath, "/")), null),
        };
    }

    /// <summary>Arguments of the shell that supervises <paramref name="command"/>.</summary>
    /// <param name="terminal">The path of the container's terminal; null without one.</param>
    public List<string> SupervisorArguments(ProcessContainer container, string workingDirectory, string? terminal, IReadOnlyList<string> command)
    {
        string run = terminal is not null ? _withTerminal : container.Config.Stdin ? _withInput : _plain;
        return [Shell, "-c", _start + run + _end, "supervisor", container.Directory, workingDirectory, terminal ?? "", .. command];
    }

    /// <summary>Arguments of a shell that becomes <paramref name="command"/> in a directory.</summary>
    public static List<string> ExecArguments(string workingDirectory, IReadOnlyList<string> command) =>
        [Shell, "-c", InDirectory, workingDirectory, .. command];

    /// <summary>The command with its program as a path, run as the user the pod asks for.</summary>
    /// <exception cref="Grpc.Core.RpcException">The program is not there, or the user cannot be had.</exception>
    public List<string> Command(IReadOnlyList<string> command, ContainerConfig config, string workingDirectory)
    {
        string path = config.Envs.LastOrDefault(e => e.Key == "PATH")?.Value ?? DefaultPath;
        string program = Resolve(command[0], path, workingDirectory);
        List<string> resolved = [program, .. command.Skip(1)];
        return [.. Privileges(config), .. resolved];
    }

    /// <summary>The directory the container starts in.</summary>
    /// <exception cref="Grpc.Core.RpcException">The pod names a directory that the host does not have.</exception>
    public static string WorkingDirectory(ProcessContainer container)
    {
        string directory = container.Config.WorkingDir;
        if (directory.Length == 0)
        {
            return container.Root;
        }

        string linked = Path.Combine(container.Root, directory.TrimStart('/'));
        return Directory.Exists(linked) ? linked
            : Directory.Exists(directory) ? directory
            : throw CriError.Unknown($"the process runtime cannot enter working directory \"{directory}\": no such directory on the host");
    }

    /// <summary>The environment of every process of the container, the marker that finds them again included.</summary>
    public static List<string> Environment(ProcessContainer container, PodSandboxConfig sandbox)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal)
        {
            ["PATH"] = DefaultPath,
            ["HOME"] = System.Environment.GetEnvironmentVariable("HOME") ?? "/",
            ["HOSTNAME"] = sandbox.Hostname.Length > 0 ? sandbox.Hostname : System.Environment.MachineName,
        };
        if (container.Config.Tty)
        {
            values["TERM"] = "xterm";
        }

        foreach (KeyValue each in container.Config.Envs)
        {
            values[each.Key] = each.Value;
        }

        values[ProcessTable.Marker] = container.Id;
        return [.. values.Select(v => $"{v.Key}={v.Value}")];
    }

    /// <summary>Links every volume below the container's root, where its relative path finds it.</summary>
    public static void LinkVolumes(ProcessContainer container)
    {
        Directory.CreateDirectory(container.Root);
        foreach (Mount mount in container.Config.Mounts)
        {
            string link = Path.GetFullPath(Path.Combine(container.Root, mount.ContainerPath.TrimStart('/')));
            if (!link.StartsWith(container.Root + "/", StringComparison.Ordinal))
            {
                throw CriError.Invalid($"mount path \"{mount.ContainerPath}\" leaves the container");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (!Path.Exists(link))
            {
                File.CreateSymbolicLink(link, mount.HostPath);
            }
        }
    }

    private IEnumerable<string> Privileges(ContainerConfig config)
    {
        LinuxContainerSecurityContext? security = config.Linux?.SecurityContext;
        if (security is null)
        {
            return [];
        }

        if (security.RunAsUsername.Length > 0)
        {
            throw CriError.Unknown($"the process runtime has no image to look user \"{security.RunAsUsername}\" up in");
        }

        long user = security.RunAsUser?.Value ?? Native.GetEuid();
        long group = security.RunAsGroup?.Value ?? (security.RunAsUser is null ? Native.GetEgid() : 0);
        if (user == Native.GetEuid() && group == Native.GetEgid() && security.SupplementalGroups.Count == 0)
        {
            return [];
        }

        if (Native.GetEuid() != 0 || _setPrivileges is null)
        {
            throw CriError.Unknown(string.Create(
                CultureInfo.InvariantCulture,
                $"the process runtime can run as user {user} and group {group} only as root and with the program setpriv"));
        }

        string groups = security.SupplementalGroups.Count == 0
            ? "--clear-groups"
            : "--groups=" + string.Join(',', security.SupplementalGroups);
        return
        [
            _setPrivileges,
            "--reuid=" + user.ToString(CultureInfo.InvariantCulture),
            "--regid=" + group.ToString(CultureInfo.InvariantCulture),
            groups,
            "--",
        ];
    }

    private static string Resolve(string program, string searchPath, string workingDirectory)
    {
        if (FindProgram(program, searchPath, workingDirectory) is { } found)
        {
            return found;
        }

        // The reasons are those of runc, which the kubelet shows as the message of a start error.
        string detail = program.Contains('/')
            ? (File.Exists(Path.Combine(workingDirectory, program)) ? "permission denied" : $"stat {program}: no such file or directory")
            : "executable file not found in $PATH";
        throw CriError.Unknown($"failed to start container: exec: \"{program}\": {detail}");
    }

    private static string? FindProgram(string program, string searchPath, string workingDirectory)
    {
        if (program.Contains('/'))
        {
            string path = Path.Combine(workingDirectory, program);
            return IsExecutable(path) ? path : null;
        }

        return searchPath.Split(':')
            .Select(directory => Path.Combine(directory.Length == 0 ? "." : directory, program))
            .FirstOrDefault(IsExecutable);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        FileInfo file = new(path);
        return file.Exists && (file.UnixFileMode & AnyExecute) != 0;
    }
}
