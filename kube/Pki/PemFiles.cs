using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kube.Pki;

/// <summary>Writes PEM files: certificates for all to read, keys for their owner alone.</summary>
internal static class PemFiles
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Writes PATH.key, then PATH.crt: where the certificate exists, its key does too, even after a crash between the two.
    /// </summary>
    public static void Write(string path, X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        WritePrivate(path + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
        WriteAtomically(path + ".crt", certificate.ExportCertificatePem() + "\n", Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    /// <summary>Writes a file that only its owner may read.</summary>
    public static void WritePrivate(string path, string text) => WriteAtomically(path, text, Private);

    private static void WriteAtomically(string path, string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
