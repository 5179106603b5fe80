using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>A certificate authority for one cluster's life, and what it signs.</summary>
internal sealed class Certificates(string folder, X509Certificate2 authority) : IDisposable
{
    public string AuthorityPath => Path.Combine(folder, "ca.crt");

    public string AuthorityPem => authority.ExportCertificatePem();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A new authority.</summary>
    public static Certificates Create(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=devcluster-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        var certificates = new Certificates(folder, request.CreateSelfSigned(Now.AddHours(-1), Now.AddYears(1)));
        File.WriteAllText(certificates.AuthorityPath, certificates.AuthorityPem);
        return certificates;
    }

    /// <summary>A key pair and certificate as two PEM files; groups become organisations, as Kubernetes reads them.</summary>
    public (string CertificatePath, string KeyPath) Issue(string commonName, string? group = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = group is null ? $"CN={commonName}" : $"O={group}, CN={commonName}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        // An authority that was made a moment ago by somebody else cannot sign what was valid before.
        var start = Now.AddHours(-1) > authority.NotBefore ? Now.AddHours(-1) : authority.NotBefore;
        using var certificate = request.Create(authority, start, Now.AddDays(300), RandomNumberGenerator.GetBytes(12));
        var (certificatePath, keyPath) = (Path.Combine(folder, commonName + ".crt"), Path.Combine(folder, commonName + ".key"));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }

    public void Dispose() => authority.Dispose();
}
