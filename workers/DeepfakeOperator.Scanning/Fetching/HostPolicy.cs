using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Which network addresses an item, or a redirect, may name.</summary>
internal sealed class HostPolicy(MediaSpec spec)
{
    /// <summary>Refuses an address that the ScanJob does not allow.</summary>
    /// <exception cref="ScanPipelineItemException">Scheme or host is not allowed, or the address holds credentials.</exception>
    internal void Check(Uri uri)
    {
        var scheme = uri.Scheme == Uri.UriSchemeHttps ? MediaScheme.Https : MediaScheme.Http;
        if ((uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || !spec.AllowedSchemes.Contains(scheme))
            throw Denied($"scheme {uri.Scheme} is not among source.media.allowedSchemes");
        if (uri.UserInfo.Length > 0) throw Denied("an address must not hold credentials");
        var host = uri.IdnHost.TrimEnd('.');
        if (!spec.AllowedHosts.Any(allowed => Matches(host, allowed))) throw Denied($"host {host} is not among source.media.allowedHosts");
    }

    private static bool Matches(string host, string allowed) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > allowed.Length - 1 && host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);

    private static ScanPipelineItemException Denied(string message) => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message);
}
