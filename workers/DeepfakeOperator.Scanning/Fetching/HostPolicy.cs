using System.Globalization;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Which network addresses an item, or a redirect, may name.</summary>
internal sealed class HostPolicy(MediaSpec spec)
{
    private readonly AllowedHost[] _allowed = [.. spec.AllowedHosts.Select(AllowedHost.Parse)];

    /// <summary>Refuses an address that the ScanJob does not allow.</summary>
    /// <exception cref="ScanPipelineItemException">Scheme, host or port is not allowed, or the address holds credentials.</exception>
    internal void Check(Uri uri)
    {
        var scheme = uri.Scheme == Uri.UriSchemeHttps ? MediaScheme.Https : MediaScheme.Http;
        if ((uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || !spec.AllowedSchemes.Contains(scheme))
            throw Denied($"scheme {uri.Scheme} is not among source.media.allowedSchemes");
        if (uri.UserInfo.Length > 0) throw Denied("an address must not hold credentials");
        var host = uri.IdnHost.TrimEnd('.');
        if (!Array.Exists(_allowed, allowed => allowed.Names(host))) throw Denied($"host {host} is not among source.media.allowedHosts");
        if (!Array.Exists(_allowed, allowed => allowed.Names(host) && (allowed.Port is { } port ? port == uri.Port : uri.IsDefaultPort)))
            throw Denied($"port {uri.Port} of host {host} is not among source.media.allowedHosts: an entry without a port allows the scheme's own port only");
    }

    /// <summary>Refuses a bucket that the ScanJob does not allow.</summary>
    /// <exception cref="ScanPipelineItemException">Scheme or bucket is not allowed.</exception>
    internal void CheckBucket(string bucket)
    {
        if (!spec.AllowedSchemes.Contains(MediaScheme.S3)) throw Denied("scheme s3 is not among source.media.allowedSchemes");
        if (!Array.Exists(_allowed, allowed => allowed.Names(bucket))) throw Denied($"bucket {bucket} is not among source.media.allowedHosts");
    }

    private static ScanPipelineItemException Denied(string message) => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message);

    /// <summary>An exact name, or all names below one, and perhaps a port.</summary>
    private readonly record struct AllowedHost(string Name, int? Port)
    {
        internal static AllowedHost Parse(string entry)
        {
            var colon = entry.LastIndexOf(':');
            // More than one colon and no bracket is an IPv6 address.
            var hasPort = colon > 0 && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']');
            return hasPort && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new AllowedHost(entry[..colon].Trim('[', ']'), port)
                : new AllowedHost(entry.Trim('[', ']'), null);
        }

        internal bool Names(string host) => Name.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > Name.Length - 1 && host.EndsWith(Name[1..], StringComparison.OrdinalIgnoreCase)
            : host.Equals(Name, StringComparison.OrdinalIgnoreCase);
    }
}
