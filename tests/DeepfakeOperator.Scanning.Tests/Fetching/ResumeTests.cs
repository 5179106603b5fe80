using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

/// <summary>Connections that break in the middle.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly byte[] Clip = [.. "\0\0\0\u0018ftypmp42"u8, .. RandomNumberGenerator.GetBytes(800_000)];

    private readonly TestFetch _fetch = new();

    [Fact]
    public async Task The_rest_is_fetched_and_only_the_rest()
    {
        var from = new List<long>();
        await using var server = new TestServer((request, _, stream, ct) => BrokenAsync(request, stream, Clip, 200_000, "\"v1\"", from, ct), wholeRequest: true);

        using var media = await _fetch.FetchAsync(_fetch.For(server), server.Address("/"), Convert.ToHexStringLower(SHA256.HashData(Clip)));

        Assert.Equal(Clip, await File.ReadAllBytesAsync(media.LocalPath!, TestContext.Current.CancellationToken));
        Assert.Equal([0, 200_000, 400_000, 600_000, 800_000], from);
    }

    [Fact]
    public async Task Media_that_changed_in_between_is_fetched_anew()
    {
        var from = new List<long>();
        await using var server = new TestServer((request, number, stream, ct) => number switch
        {
            1 => BrokenAsync(request, stream, Clip.Reverse().ToArray().Prepend<byte>(0).ToArray(), 100_000, "\"v0\"", from, ct, sniffable: true),
            _ => BrokenAsync(request, stream, Clip, Clip.Length, "\"v1\"", from, ct),
        }, wholeRequest: true);

        using var media = await _fetch.FetchAsync(_fetch.For(server), server.Address("/"), Convert.ToHexStringLower(SHA256.HashData(Clip)));

        Assert.Equal([0, 0, 0], from);
        Assert.Equal(Clip.Length, media.Length);
    }

    [Fact]
    public async Task A_server_that_gives_nothing_new_is_given_up()
    {
        var from = new List<long>();
        await using var server = new TestServer((request, _, stream, ct) => BrokenAsync(request, stream, Clip, 0, "\"v1\"", from, ct), wholeRequest: true);
        var error = await _fetch.FailsAsync(ErrorClass.FetchTimeout, _fetch.For(server), TestScan.At(server.Address("/")));
        Assert.Equal(5, error.Attempts);
        Assert.All(from, start => Assert.Equal(0, start));
    }

    public void Dispose() => _fetch.Dispose();

    /// <summary>Sends so many bytes of what is asked for, and breaks off.</summary>
    private static async Task BrokenAsync(string request, NetworkStream stream, byte[] whole, int most, string tag, List<long> from, CancellationToken ct, bool sniffable = false)
    {
        if (sniffable) Clip.AsSpan(0, 600).CopyTo(whole);
        var range = request.Split("\r\n").FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.Ordinal));
        var start = range is not null && request.Contains($"If-Range: {tag}", StringComparison.Ordinal) ? int.Parse(range[13..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
        from.Add(start);
        var status = start > 0 ? $"206 Rest\r\nContent-Range: bytes {start}-{whole.Length - 1}/{whole.Length}" : "200 OK";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Length: {whole.Length - start}\r\nConnection: close\r\n\r\n"), ct);
        await stream.WriteAsync(whole.AsMemory(start, Math.Min(most, whole.Length - start)), ct);
    }
}
