using System.IO.Compression;
using DeepfakeOperator.Api.Records;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

public sealed class HostileServerTests : IDisposable
{
    private static readonly byte[] Picture = Pictures.Noise(100, 80, SKEncodedImageFormat.Png);

    private readonly TestFetch _fetch = new();

    [Fact]
    public async Task A_port_is_open_only_where_it_is_named_and_a_redirect_opens_no_other()
    {
        await using var other = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "200 OK", Picture, ct: ct));
        await using var server = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "302 Found", [], $"Location: {other.Address("/")}\r\n", ct));
        var spec = _fetch.For(server);

        var error = await _fetch.FailsAsync(ErrorClass.FetchDenied, spec, TestScan.At(server.Address("/")));
        Assert.Contains($"port {other.Port}", error.Message, StringComparison.Ordinal);
        await _fetch.FailsAsync(ErrorClass.FetchDenied, spec with { AllowedHosts = ["127.0.0.1"] }, TestScan.At(server.Address("/")));

        Assert.Equal((1, 0), (server.Requests, other.Requests));
        (await _fetch.FetchAsync(_fetch.For(other), other.Address("/"))).Dispose();
    }

    [Fact]
    public async Task A_redirect_to_an_allowed_name_is_dialled_only_where_its_address_is_public()
    {
        // What DNS rebinding comes down to: the name is allowed, and what it resolves to when it is dialled decides.
        await using var inside = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "200 OK", Picture, ct: ct));
        var spec = _fetch.Spec with { AllowPrivateAddresses = false, AllowedHosts = [$"localhost:{inside.Port}"] };

        var error = await _fetch.FailsAsync(ErrorClass.FetchDenied, spec, TestScan.At(inside.Address("/", "localhost")));

        Assert.Contains("no public address", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, inside.Requests);
    }

    [Theory]
    [InlineData("http://[")]
    [InlineData("//")]
    [InlineData("gopher://127.0.0.1/x")]
    [InlineData("//user:secret@127.0.0.1/x")]
    public async Task A_redirect_that_leads_nowhere_is_refused(string location)
    {
        await using var server = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "302 Found", [], $"Location: {location}\r\n", ct));
        await _fetch.FailsAsync(ErrorClass.FetchDenied, _fetch.For(server), TestScan.At(server.Address("/")));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Packed_bytes_are_never_unpacked()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[100 << 20], TestContext.Current.CancellationToken);
        await using var server = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "200 OK", packed.ToArray(), "Content-Encoding: gzip\r\n", ct));
        await _fetch.FailsAsync(ErrorClass.UnsupportedMedia, _fetch.For(server) with { MaxBytes = 1 << 20 }, TestScan.At(server.Address("/")));
    }

    [Theory]
    [InlineData("endless")]
    [InlineData("drip")]
    [InlineData("silence")]
    public async Task A_server_that_never_gets_to_the_media_holds_nobody(string manner)
    {
        await using var server = new TestServer(async (_, _, stream, ct) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nX: "u8.ToArray(), ct);
            while (true)
            {
                if (manner == "silence") await Task.Delay(Timeout.Infinite, ct);
                await stream.WriteAsync(manner == "endless" ? new byte[65536].Select(_ => (byte)'x').ToArray() : "x"u8.ToArray(), ct);
                if (manner == "drip") await Task.Delay(20, ct);
            }
        });
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await _fetch.FailsAsync(ErrorClass.FetchTimeout, _fetch.For(server) with { FetchTimeout = TimeSpan.FromSeconds(1) }, TestScan.At(server.Address("/")));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 15);
    }

    public void Dispose() => _fetch.Dispose();
}
