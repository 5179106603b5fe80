using System.Diagnostics;
using System.Security.Cryptography;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

public sealed class MediaFetcherTests : IDisposable
{
    private static readonly byte[] Picture = Pictures.Noise(100, 80, SKEncodedImageFormat.Png);

    private readonly TestFetch _fetch = new();

    [Fact]
    public async Task A_file_under_an_allowed_path_is_read_and_hashed()
    {
        await File.WriteAllBytesAsync(Path.Combine(_fetch.Media, "a b%.png"), Picture, TestContext.Current.CancellationToken);
        var sha256 = Convert.ToHexString(SHA256.HashData(Picture));
        using var media = await _fetch.FetchAsync(_fetch.Spec, new Uri($"file://{_fetch.Media}/a%20b%25.png"), sha256);
        Assert.Equal(Picture, media.Bytes.ToArray());
        Assert.Equal((sha256.ToLowerInvariant(), "image/png", Picture.Length), (media.Sha256, media.Type.ContentType, media.Length));
    }

    [Fact]
    public async Task Nothing_outside_the_allowed_paths_is_read_whatever_the_way()
    {
        await File.WriteAllBytesAsync(Path.Combine(_fetch.Folder, "secret.png"), Picture, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_fetch.Media + "-other");
        await File.WriteAllBytesAsync(_fetch.Media + "-other/x.png", Picture, TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_fetch.Media, "link.png"), Path.Combine(_fetch.Folder, "secret.png"));
        Directory.CreateSymbolicLink(Path.Combine(_fetch.Media, "up"), _fetch.Folder);
        File.CreateSymbolicLink(Path.Combine(_fetch.Media, "inside.png"), Path.Combine(_fetch.Media, "real.png"));
        await File.WriteAllBytesAsync(Path.Combine(_fetch.Media, "real.png"), Picture, TestContext.Current.CancellationToken);

        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Folder}/secret.png");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}/../secret.png");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}/%2e%2e/secret.png");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}-other/x.png");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}/link.png");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}/up/secret.png");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, "file:///etc/nothing-there");
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}");
        await _fetch.FailsAsync(ErrorClass.FetchNotFound, $"file://{_fetch.Media}/missing.png");
        (await _fetch.FetchAsync(_fetch.Spec, new Uri($"file://{_fetch.Media}/inside.png"))).Dispose();
    }

    [Fact]
    public async Task A_named_pipe_does_not_hold_the_worker()
    {
        using var mkfifo = Process.Start("mkfifo", Path.Combine(_fetch.Media, "pipe.png"));
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _fetch.FailsAsync(ErrorClass.FetchDenied, $"file://{_fetch.Media}/pipe.png");
    }

    [Fact]
    public async Task A_download_is_held_in_memory_or_in_scratch_and_given_back()
    {
        var clip = (byte[])[.. "\0\0\0\u0018ftypmp42"u8, .. RandomNumberGenerator.GetBytes(500_000)];
        await using var server = new TestServer((path, _, stream, ct) => TestServer.SendAsync(stream, "200 OK", path == "/clip" ? clip : Picture, ct: ct));

        using (var still = await _fetch.FetchAsync(_fetch.For(server), server.Address("/still"))) Assert.Equal(Picture, still.Bytes.ToArray());
        using (var video = await _fetch.FetchAsync(_fetch.For(server), server.Address("/clip")))
        {
            Assert.Equal(clip, await File.ReadAllBytesAsync(video.LocalPath!, TestContext.Current.CancellationToken));
            Assert.StartsWith(_fetch.Scratch, video.LocalPath, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.EnumerateFiles(_fetch.Scratch));
    }

    [Fact]
    public async Task Other_bytes_than_the_item_says_are_refused() =>
        await _fetch.FailsAsync(ErrorClass.ChecksumMismatch, _fetch.Spec, TestScan.Inline(Picture) with { Sha256 = new string('a', 64) });

    [Fact]
    public async Task Too_many_bytes_are_refused_whether_announced_or_not()
    {
        await using var server = new TestServer(async (path, _, stream, ct) =>
        {
            if (path == "/announced") await TestServer.SendAsync(stream, "200 OK", new byte[5000], ct: ct);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), ct);
            await stream.WriteAsync(Picture.AsMemory(0, 600), ct);
            while (true) await stream.WriteAsync(new byte[10_000], ct);
        });
        var spec = _fetch.For(server) with { MaxBytes = 4000 };
        await _fetch.FailsAsync(ErrorClass.FetchTooLarge, spec, TestScan.At(server.Address("/announced")));
        await _fetch.FailsAsync(ErrorClass.FetchTooLarge, spec, TestScan.At(server.Address("/endless")));
        await _fetch.FailsAsync(ErrorClass.FetchTooLarge, spec, TestScan.Inline(Picture));
    }

    [Fact]
    public async Task A_drip_of_bytes_ends_with_the_wall_clock()
    {
        await using var server = new TestServer(async (_, _, stream, ct) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"u8.ToArray(), ct);
            while (true)
            {
                await stream.WriteAsync(new byte[1], ct);
                await Task.Delay(20, ct);
            }
        });
        var clock = Stopwatch.StartNew();
        await _fetch.FailsAsync(ErrorClass.FetchTimeout, _fetch.For(server) with { FetchTimeout = TimeSpan.FromSeconds(1) }, TestScan.At(server.Address("/")));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 10);
    }

    [Fact]
    public async Task Faults_that_pass_are_tried_again_and_others_not()
    {
        await using var server = new TestServer((path, request, stream, ct) => (path, request) switch
        {
            ("/busy", 1) => TestServer.SendAsync(stream, "503 Busy", [], "Retry-After: 1\r\n", ct),
            ("/busy", 2) => TestServer.SendAsync(stream, "429 Slow", [], ct: ct),
            ("/busy", 3) => stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nConnection: close\r\n\r\nhalf"u8.ToArray(), ct).AsTask(),
            ("/gone", _) => TestServer.SendAsync(stream, "404 Gone", [], ct: ct),
            ("/closed", _) => TestServer.SendAsync(stream, "403 No", [], ct: ct),
            ("/down", _) => TestServer.SendAsync(stream, "500 Down", [], ct: ct),
            _ => TestServer.SendAsync(stream, "200 OK", Picture, ct: ct),
        });
        var clock = Stopwatch.StartNew();
        (await _fetch.FetchAsync(_fetch.For(server), server.Address("/busy"))).Dispose();
        Assert.Equal(4, server.Requests);
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 15);

        await _fetch.FailsAsync(ErrorClass.FetchNotFound, _fetch.For(server), TestScan.At(server.Address("/gone")));
        await _fetch.FailsAsync(ErrorClass.FetchDenied, _fetch.For(server), TestScan.At(server.Address("/closed")));
        Assert.Equal(6, server.Requests);
        var error = await _fetch.FailsAsync(ErrorClass.FetchTimeout, _fetch.For(server), TestScan.At(server.Address("/down")));
        Assert.Equal(5, error.Attempts);
    }

    [Fact]
    public async Task Redirects_are_followed_only_to_where_an_item_may_point_itself()
    {
        await using var server = new TestServer((path, _, stream, ct) => path switch
        {
            "/good" => TestServer.SendAsync(stream, "302 Found", [], "Location: /picture\r\n", ct),
            "/loop" => TestServer.SendAsync(stream, "307 Again", [], "Location: /loop\r\n", ct),
            "/away" => TestServer.SendAsync(stream, "301 Moved", [], "Location: http://elsewhere.invalid/x\r\n", ct),
            "/file" => TestServer.SendAsync(stream, "301 Moved", [], "Location: file:///etc/passwd\r\n", ct),
            _ => TestServer.SendAsync(stream, "200 OK", Picture, ct: ct),
        });
        (await _fetch.FetchAsync(_fetch.For(server), server.Address("/good"))).Dispose();
        foreach (var path in new[] { "/loop", "/away", "/file" }) await _fetch.FailsAsync(ErrorClass.FetchDenied, _fetch.For(server), TestScan.At(server.Address(path)));
    }

    [Fact]
    public async Task Private_addresses_are_not_dialled_unless_allowed()
    {
        await using var server = new TestServer((_, _, stream, ct) => TestServer.SendAsync(stream, "200 OK", Picture, ct: ct));
        string[] hosts = ["*.0.0.1", "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"];
        var spec = _fetch.Spec with { AllowPrivateAddresses = false, AllowedHosts = [.. hosts.Select(host => $"{host}:{server.Port}")] };
        foreach (var host in new[] { "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.1" })
        {
            var error = await _fetch.FailsAsync(ErrorClass.FetchDenied, spec, TestScan.At(server.Address("/", host)));
            Assert.Contains("allow", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData("http://other.org/x")]
    [InlineData("http://example.org/x")]
    [InlineData("http://badexample.org/x")]
    [InlineData("http://user:secret@a.example.org/x")]
    [InlineData("http://a.example.org:22/x")]
    [InlineData("https://a.example.org:80/x")]
    [InlineData("ftp://a.example.org/x")]
    [InlineData("s3://a.example.org/key")]
    public async Task Addresses_that_the_job_does_not_allow_are_refused(string address)
    {
        var error = await _fetch.FailsAsync(ErrorClass.FetchDenied, address);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::ffff:0:10.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("64:ff9b:1::808:808", false)]
    [InlineData("100::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("4000::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:4860:4860::8888", true)]
    public void Public_addresses_are_told_from_the_others(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressPolicy.IsPublic(System.Net.IPAddress.Parse(address)));

    [Fact]
    public async Task The_budget_is_first_come_first_served_and_survives_those_who_give_up()
    {
        var ct = TestContext.Current.CancellationToken;
        var budget = new ByteBudget(100);
        await budget.AcquireAsync(80, ct);
        using var impatient = new CancellationTokenSource();
        var first = budget.AcquireAsync(90, impatient.Token).AsTask();
        var second = budget.AcquireAsync(20, ct).AsTask();
        Assert.False(budget.TryAcquire(1));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        budget.Release(80);
        await second.WaitAsync(TimeSpan.FromSeconds(5), ct);
        Assert.True(budget.TryAcquire(80));
        Assert.False(budget.TryAcquire(1));
    }

    public void Dispose() => _fetch.Dispose();
}
