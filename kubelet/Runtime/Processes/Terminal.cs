using System.Buffers.Binary;
using System.Text;

namespace Kube.Kubelet.Runtime.Processes;

/// <summary>Makes pseudo terminals.</summary>
internal static class Terminal
{
    private const int OpenReadWrite = 2;
    private const int OpenNoControl = 0x100;
    private const int OpenCloseOnExec = 0x80000;
    private const nuint SetWindowSize = 0x5414;

    /// <summary>A new terminal: the master's descriptor, which children do not inherit, and the path of the other end.</summary>
    /// <exception cref="IOException">The system gives none.</exception>
    public static (int Master, string Path) Open()
    {
        int master = Native.Valid(Native.OpenTerminal(OpenReadWrite | OpenNoControl | OpenCloseOnExec), "posix_openpt");
        try
        {
            Native.Valid(Native.GrantTerminal(master), "grantpt");
            Native.Valid(Native.UnlockTerminal(master), "unlockpt");
            byte[] name = new byte[128];
            Native.Valid(-Native.TerminalName(master, ref name[0], (nuint)name.Length), "ptsname_r");
            return (master, Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0)));
        }
        catch
        {
            _ = Native.Close(master);
            throw;
        }
    }

    /// <summary>Sets the size; its foreground processes get SIGWINCH.</summary>
    public static void Resize(int master, ushort columns, ushort rows)
    {
        byte[] size = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(size, rows);
        BinaryPrimitives.WriteUInt16LittleEndian(size.AsSpan(2), columns);
        _ = Native.DeviceControl(master, SetWindowSize, ref size[0]);
    }
}
