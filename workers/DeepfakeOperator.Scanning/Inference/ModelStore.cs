using System.Security.Cryptography;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Brings the files a detector names: models and conformance inputs. What does not have its sha256 is not used.</summary>
internal sealed class ModelStore(ScanPipelineOptions options)
{
    /// <summary>Largest model: what one array, and one ONNX file without external data, can hold.</summary>
    private const long MaxBytes = 2L << 30;

    private static readonly TimeSpan DownloadTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The bytes at an address; <paramref name="field"/> is the name of the field that holds it, for messages.</summary>
    /// <exception cref="DetectorException">Not there, or other bytes than the sha256 says.</exception>
    internal async Task<byte[]> ReadAsync(string field, string address, string sha256, CancellationToken ct)
    {
        byte[] bytes;
        try
        {
            bytes = await ReadAsync(field, address, ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DetectorException("ModelNotFound", $"{field}.uri: '{address}' cannot be read: {Plain(error)}", error);
        }
        var actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return actual.Equals(sha256, StringComparison.OrdinalIgnoreCase)
            ? bytes
            : throw new DetectorException("ChecksumMismatch", $"{field}.sha256: '{address}' has sha256 {actual}, the descriptor says '{sha256}'; it is not used");
    }

    private Task<byte[]> ReadAsync(string field, string address, CancellationToken ct)
    {
        if (address.StartsWith("bundled:", StringComparison.Ordinal)) return File.ReadAllBytesAsync(Bundled(field, address), ct);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw Refused(field, $"'{address}' is no address");
        return uri.Scheme switch
        {
            "file" => File.ReadAllBytesAsync(uri.LocalPath, ct),
            "https" => DownloadAsync(uri, ct),
            _ => throw Refused(field, $"scheme {uri.Scheme} is not supported by this version of the worker; bundled, file or https"),
        };
    }

    private string Bundled(string field, string address)
    {
        var folder = Path.GetFullPath(options.ModelFolder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(folder, address["bundled:".Length..].TrimStart('/')));
        return path.StartsWith(folder, StringComparison.Ordinal) ? path : throw Refused(field, $"'{address}' leads out of the bundled models");
    }

    private async Task<byte[]> DownloadAsync(Uri uri, CancellationToken ct)
    {
        // The detector's author names the host, so it is allowed; private addresses stay out of reach.
        var spec = new MediaSpec { AllowedSchemes = [MediaScheme.Https], AllowedHosts = [uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]:{uri.Port}" : $"{uri.IdnHost}:{uri.Port}"], MaxBytes = MaxBytes };
        using var clock = new CancellationTokenSource(DownloadTimeout, options.TimeProvider);
        using var wall = CancellationTokenSource.CreateLinkedTokenSource(ct, clock.Token);
        using var http = new HttpSource(spec, options.TimeProvider);
        try
        {
            using var response = await http.GetAsync(uri, rest: null, wall.Token);
            if (response.Content.Headers.ContentLength > MaxBytes) throw new IOException("it is larger than 2 GiB");
            await response.Content.LoadIntoBufferAsync(Math.Min(MaxBytes, Array.MaxLength), wall.Token);
            return await response.Content.ReadAsByteArrayAsync(wall.Token);
        }
        catch (Exception error) when (error is ScanPipelineItemException or TransientFetchException or HttpRequestException)
        {
            throw new IOException(error.Message, error);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new IOException($"not downloaded within {DownloadTimeout.TotalMinutes:0} minutes");
        }
    }

    private static DetectorException Refused(string field, string message) => new("ModelNotFound", $"{field}.uri: {message}");

    private static string Plain(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "access is denied",
        _ => error.Message,
    };
}
