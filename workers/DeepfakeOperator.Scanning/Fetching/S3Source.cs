using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>
/// <c>s3:</c> addresses. They become signed https addresses of the object store, so that one way of fetching, with its caps, clocks, retries and its check of
/// what is dialled, serves both.
/// </summary>
internal sealed partial class S3Source : IDisposable
{
    private const string KeyId = "AWS_ACCESS_KEY_ID", Key = "AWS_SECRET_ACCESS_KEY", Token = "AWS_SESSION_TOKEN";

    private readonly HostPolicy _buckets;
    private readonly AmazonS3Config _config;
    private readonly string? _secretFolder;
    private readonly TimeSpan _validity;
    private readonly TimeProvider _time;

    internal S3Source(MediaSpec spec, string? secretFolder, TimeProvider time)
    {
        (_buckets, _secretFolder, _time) = (new HostPolicy(spec), secretFolder, time);
        // Signed for each attempt, which the fetch's own clock ends.
        _validity = spec.FetchTimeout + TimeSpan.FromMinutes(5);
        _config = spec.S3.Endpoint is { } endpoint
            ? new AmazonS3Config { ServiceURL = endpoint, AuthenticationRegion = spec.S3.Region, ForcePathStyle = spec.S3.PathStyle }
            : new AmazonS3Config { RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(spec.S3.Region), ForcePathStyle = spec.S3.PathStyle };
        var server = new Uri(spec.S3.Endpoint ?? $"https://s3.{spec.S3.Region}.amazonaws.com");
        // The job's author names the server, so it is allowed; whether it may have a private address is said like for any other.
        Http = new HttpSource(
            spec with
            {
                AllowedSchemes = [server.Scheme == Uri.UriSchemeHttps ? MediaScheme.Https : MediaScheme.Http],
                AllowedHosts = [$"{server.IdnHost}:{server.Port}", $"*.{server.IdnHost}:{server.Port}"],
            },
            time);
    }

    /// <summary>Gets what <see cref="Sign"/> returns.</summary>
    internal HttpSource Http { get; }

    /// <summary>The address to get the object from.</summary>
    /// <exception cref="ScanPipelineItemException">The address is none of an object, the bucket is not allowed, or the secret is incomplete.</exception>
    internal Uri Sign(Uri uri)
    {
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0 || !uri.IsDefaultPort)
            throw Denied("an s3: address holds a bucket and a key only; write ? and # of a key as %3F and %23");
        var (bucket, key) = (uri.Host, Uri.UnescapeDataString(uri.AbsolutePath).TrimStart('/'));
        if (!BucketName().IsMatch(bucket)) throw Denied("an s3: address must begin with the name of a bucket");
        if (key.Length == 0) throw Denied("an s3: address must name an object of the bucket");
        _buckets.CheckBucket(bucket);
        // Read anew for each object: a mounted secret is replaced under a running pod.
        var (credentials, signed) = Credentials();
        using var client = new AmazonS3Client(credentials, _config);
        var address = new Uri(client.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Protocol = _config.ServiceURL?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true ? Protocol.HTTP : Protocol.HTTPS,
            Expires = _time.GetUtcNow().UtcDateTime + _validity,
        }));
        return signed ? address : new Uri(address.GetLeftPart(UriPartial.Path));
    }

    public void Dispose() => Http.Dispose();

    private (AWSCredentials Credentials, bool Signed) Credentials()
    {
        // The address is then taken without its signature.
        if (_secretFolder is null) return (new BasicAWSCredentials("anonymous", "anonymous"), false);
        if (Read(KeyId) is not { } id || Read(Key) is not { } key)
            throw Denied($"the secret of source.media.credentialsSecretRef must have the keys {KeyId} and {Key}, and may have {Token}");
        return (Read(Token) is { } token ? new SessionAWSCredentials(id, key, token) : new BasicAWSCredentials(id, key), true);
    }

    private string? Read(string name)
    {
        var path = Path.Combine(_secretFolder!, name);
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } value ? value : null;
    }

    private static ScanPipelineItemException Denied(string message) => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message);

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName();
}
