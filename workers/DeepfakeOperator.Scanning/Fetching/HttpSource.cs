using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>
/// One GET over <c>https:</c> or <c>http:</c>, redirects followed by hand. What is dialled is checked when it is dialled: a name that resolves to
/// another address the second time (DNS rebinding) gains nothing.
/// </summary>
internal sealed class HttpSource : IDisposable
{
    private const int MaxRedirects = 5;

    /// <summary>A slow host must not hold every connection of the worker.</summary>
    private const int ConnectionsPerHost = 16;

    private readonly HostPolicy _hosts;
    private readonly HttpMessageInvoker _client;
    private readonly TimeProvider _time;

    internal HttpSource(MediaSpec spec, TimeProvider time)
    {
        (_hosts, _time) = (new HostPolicy(spec), time);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = (context, ct) => DialAsync(context.DnsEndPoint, spec.AllowPrivateAddresses, ct),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxConnectionsPerServer = ConnectionsPerHost,
            MaxResponseHeadersLength = 64,
            // A connection is checked when it is made; this also bounds how long it outlives a change of the name.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            // A proxy would resolve the name itself, past the check.
            UseProxy = false,
        });
    }

    /// <summary>
    /// Gets an allowed address; the caller disposes the response, whose status is 200, or 206 where <paramref name="rest"/> asks for the rest of what was
    /// begun.
    /// </summary>
    /// <exception cref="ScanPipelineItemException">Refused, not found, or too many redirects.</exception>
    /// <exception cref="TransientFetchException">A fault that may pass.</exception>
    internal async Task<HttpResponseMessage> GetAsync(Uri uri, RestOfMedia? rest, CancellationToken ct)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            _hosts.Check(uri);
            var response = await SendAsync(uri, rest, ct);
            if (response.StatusCode == HttpStatusCode.OK || (rest is not null && response.StatusCode == HttpStatusCode.PartialContent)) return response;
            using (response)
            {
                if (Redirect(response, uri) is not { } next) throw Refusal(response);
                uri = next;
            }
        }
        throw ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, $"more than {MaxRedirects} redirects");
    }

    public void Dispose() => _client.Dispose();

    private static Uri? Redirect(HttpResponseMessage response, Uri uri)
    {
        var isRedirect = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        return isRedirect && response.Headers.Location is { } location && Uri.TryCreate(uri, location, out var next) ? next : null;
    }

    private async Task<HttpResponseMessage> SendAsync(Uri uri, RestOfMedia? rest, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("deepfake-operator", "1"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        rest?.Ask(request.Headers);
        try
        {
            return await _client.SendAsync(request, ct);
        }
        catch (HttpRequestException error)
        {
            throw Translate(error);
        }
    }

    private static Exception Translate(HttpRequestException error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case ScanPipelineItemException refusal:
                    return ScanPipelineItemException.Fetch(refusal.Class, refusal.Message, error);
                case AuthenticationException:
                    return ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, "the server's TLS certificate is not trusted", error);
                case SocketException { SocketErrorCode: SocketError.HostNotFound }:
                    return ScanPipelineItemException.Fetch(ErrorClass.FetchNotFound, "the host name is not known", error);
                default:
                    continue;
            }
        }
        return new TransientFetchException($"the connection failed ({error.HttpRequestError})", inner: error);
    }

    private Exception Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var message = $"the server answered {status}";
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => ScanPipelineItemException.Fetch(ErrorClass.FetchNotFound, message),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => new TransientFetchException(message, RetryAfter(response)),
            HttpStatusCode.NotImplemented => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message),
            _ when status >= 500 => new TransientFetchException(message, RetryAfter(response)),
            _ => ScanPipelineItemException.Fetch(ErrorClass.FetchDenied, message),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header) return null;
        var wait = header.Delta ?? (header.Date - _time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static async ValueTask<Stream> DialAsync(DnsEndPoint endpoint, bool allowPrivate, CancellationToken ct)
    {
        // The resolver refuses unspecified addresses by an exception of its own; here they are just not public.
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(endpoint.Host, ct);
        var allowed = allowPrivate ? addresses : Array.FindAll(addresses, AddressPolicy.IsPublic);
        if (allowed.Length == 0)
        {
            throw ScanPipelineItemException.Fetch(ErrorClass.FetchDenied,
                "the host resolves to no public address; source.media.allowPrivateAddresses would allow it");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
