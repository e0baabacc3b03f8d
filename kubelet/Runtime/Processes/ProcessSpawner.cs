using System.Runtime.InteropServices;
using System.Text;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>
/// Starts a program in a session of its own with default signal dispositions and none blocked, so that it inherits
/// nothing of the kubelet but what is named here.
/// </summary>
internal static class ProcessSpawner
{
    private const int OpenRead = 0;
    private const int OpenWrite = 1;
    private const int OpenCreate = 0x40;
    private const int OpenAppend = 0x400;

    // Opaque libc structures; glibc's largest is 336 bytes, musl's are smaller.
    private const int OpaqueSizeBytes = 512;

    /// <summary>Starts <paramref name="path"/> and returns its process id; the caller reaps it with waitpid.</summary>
    /// <exception cref="IOException">The program could not be started; the message carries errno's text.</exception>
    public static unsafe int Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string standardOutput,
        string standardError)
    {
        nint actions = Marshal.AllocHGlobal(OpaqueSizeBytes);
        nint attributes = Marshal.AllocHGlobal(OpaqueSizeBytes);
        nint signals = Marshal.AllocHGlobal(OpaqueSizeBytes);
        byte** argv = ToNative(arguments);
        byte** envp = ToNative(environment);
        try
        {
            Check(Native.SpawnActionsInit(actions), "file actions");
            Check(Native.SpawnAttributesInit(attributes), "attributes");
            Check(Native.SpawnActionsAddOpen(actions, 0, "/dev/null", OpenRead, 0), "standard input");
            const int Write = OpenWrite | OpenCreate | OpenAppend;
            Check(Native.SpawnActionsAddOpen(actions, 1, standardOutput, Write, 0x1B0), "standard output");
            Check(Native.SpawnActionsAddOpen(actions, 2, standardError, Write, 0x1B0), "standard error");
            Native.SigEmptySet(signals);
            Check(Native.SpawnAttributesSetSigMask(attributes, signals), "signal mask");
            Native.SigFillSet(signals);
            Check(Native.SpawnAttributesSetSigDefault(attributes, signals), "signal defaults");
            const short Flags = Native.PosixSpawnSetSid | Native.PosixSpawnSetSigMask | Native.PosixSpawnSetSigDef;
            Check(Native.SpawnAttributesSetFlags(attributes, Flags), "flags");
            Check(Native.PosixSpawn(out int pid, path, actions, attributes, argv, envp), path);
            Native.SpawnActionsDestroy(actions);
            Native.SpawnAttributesDestroy(attributes);
            return pid;
        }
        finally
        {
            Free(argv);
            Free(envp);
            Marshal.FreeHGlobal(actions);
            Marshal.FreeHGlobal(attributes);
            Marshal.FreeHGlobal(signals);
        }
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private static unsafe byte** ToNative(IReadOnlyList<string> values)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < values.Count; i++)
        {
            int size = Encoding.UTF8.GetByteCount(values[i]);
            array[i] = (byte*)NativeMemory.Alloc((nuint)size + 1);
            Encoding.UTF8.GetBytes(values[i], new Span<byte>(array[i], size));
            array[i][size] = 0;
        }

        return array;
    }

    private static unsafe void Free(byte** array)
    {
        for (byte** p = array; *p != null; p++)
        {
            NativeMemory.Free(*p);
        }

        NativeMemory.Free(array);
    }
}
