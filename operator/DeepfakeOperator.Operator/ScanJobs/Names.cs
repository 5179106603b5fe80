using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Names of what is made for a ScanJob or Detector. Deterministic, so that making something twice makes it once; never longer than a label value or a pod's host name may be.</summary>
internal static class Names
{
    private const int Longest = 63;
    private const int HashLength = 8;

    public static string Worker(string scanJob, int slot) => Fit(scanJob, string.Create(CultureInfo.InvariantCulture, $"-w-{slot}"));

    public static string Configuration(string scanJob) => Fit(scanJob, "-scan");

    public static string Check(string detector, string hash) => Fit(detector, $"-check-{hash}");

    /// <summary>A name as a label's value.</summary>
    public static string Label(string name) => Fit(name, "");

    /// <summary>First hex digits of the sha256.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashLength / 2));

    private static string Fit(string name, string suffix)
    {
        // Dots are fine in an object's name but not in a pod's host name; replacing one needs the hash too, or a.b and a-b would meet.
        var plain = name.Replace('.', '-');
        if (plain == name && name.Length + suffix.Length <= Longest) return name + suffix;
        var kept = Math.Min(plain.Length, Longest - suffix.Length - HashLength - 1);
        return $"{plain[..kept].TrimEnd('-')}-{HashOf(name)}{suffix}";
    }
}
