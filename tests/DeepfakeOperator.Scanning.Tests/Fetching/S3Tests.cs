using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster.Processes;
using DeepfakeOperator.Scanning.Fetching;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

/// <summary>Against a real server, where there is one.</summary>
public sealed class S3Tests : IAsyncLifetime
{
    private const string KeyId = "scanner", Key = "scanner-secret";

    private static readonly byte[] Picture = Pictures.Noise(200, 150, SKEncodedImageFormat.Png);

    private readonly TestFetch _fetch = new();
    private ServerProcess? _server;
    private int _port;

    private MediaSpec Spec => _fetch.Spec with
    {
        AllowedSchemes = [MediaScheme.S3],
        AllowedHosts = ["media", "*.media"],
        S3 = new S3Spec { Endpoint = $"http://127.0.0.1:{_port}", PathStyle = true },
    };

    public async ValueTask InitializeAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "versitygw")).FirstOrDefault(File.Exists);
        if (program is null) return;
        _port = FreePort.Take(1)[0];
        var data = Directory.CreateDirectory(Path.Combine(_fetch.Folder, "s3")).FullName;
        _server = ServerProcess.Start("versitygw", Path.Combine(_fetch.Folder, "s3.log"), program, ["--port", $"127.0.0.1:{_port}", "posix", data],
            new Dictionary<string, string> { ["ROOT_ACCESS_KEY"] = KeyId, ["ROOT_SECRET_KEY"] = Key });
        using var client = Client();
        await _server.WaitUntilAsync(async ct =>
        {
            try
            {
                await client.PutBucketAsync("media", ct);
                return true;
            }
            catch (Exception error) when (error is HttpRequestException or AmazonClientException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_object_is_fetched_with_the_secrets_credentials_and_checked()
    {
        await PutAsync("a folder/ünicode+%?#.png", Picture);
        WriteSecret(KeyId, Key);
        var address = new Uri("s3://media/a%20folder/%C3%BCnicode%2B%25%3F%23.png");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Picture));

        using (var media = await _fetch.FetchAsync(Spec, address, sha256)) Assert.Equal(Picture, media.Bytes.ToArray());

        await _fetch.FailsAsync(ErrorClass.ChecksumMismatch, Spec, TestScan.At(address, new string('0', 64)));
        await _fetch.FailsAsync(ErrorClass.FetchTooLarge, Spec with { MaxBytes = 1000 }, TestScan.At(address));
    }

    [Fact]
    public async Task A_video_goes_to_scratch_and_a_secret_that_changes_is_read_again()
    {
        var clip = (byte[])[.. "\0\0\0\u0018ftypmp42"u8, .. RandomNumberGenerator.GetBytes(3_000_000)];
        await PutAsync("clip.mp4", clip);
        WriteSecret(KeyId, "stale");
        using var fetcher = new MediaFetcher(Spec, _fetch.Secret, _fetch.Scratch, TimeProvider.System);
        var item = TestScan.At(new Uri("s3://media/clip.mp4"));
        var refused = await Assert.ThrowsAsync<ScanPipelineItemException>(() => fetcher.FetchAsync(item, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorClass.FetchDenied, refused.Class);

        WriteSecret(KeyId, Key);
        using var media = await fetcher.FetchAsync(item, TestContext.Current.CancellationToken);

        Assert.Equal(clip, await File.ReadAllBytesAsync(media.LocalPath!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_missing_or_forbidden_says_so()
    {
        await PutAsync("x.png", Picture);
        Assert.Contains("403", (await _fetch.FailsAsync(ErrorClass.FetchDenied, Spec, TestScan.At(new Uri("s3://media/x.png")))).Message, StringComparison.Ordinal);
        WriteSecret(KeyId, Key);
        await _fetch.FailsAsync(ErrorClass.FetchNotFound, Spec, TestScan.At(new Uri("s3://media/missing.png")));
        var inside = Spec with { AllowPrivateAddresses = false };
        Assert.Contains("allowPrivateAddresses", (await _fetch.FailsAsync(ErrorClass.FetchDenied, inside, TestScan.At(new Uri("s3://media/x.png")))).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_fetch.Secret!, "AWS_SECRET_ACCESS_KEY"), "", TestContext.Current.CancellationToken);
        Assert.Contains("AWS_SECRET_ACCESS_KEY", (await _fetch.FailsAsync(ErrorClass.FetchDenied, Spec, TestScan.At(new Uri("s3://media/x.png")))).Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _fetch.Dispose();
    }

    private void WriteSecret(string id, string key)
    {
        _fetch.Secret = Directory.CreateDirectory(Path.Combine(_fetch.Folder, "secret")).FullName;
        File.WriteAllText(Path.Combine(_fetch.Secret, "AWS_ACCESS_KEY_ID"), id);
        File.WriteAllText(Path.Combine(_fetch.Secret, "AWS_SECRET_ACCESS_KEY"), key + "\n");
    }

    private async Task PutAsync(string key, byte[] bytes)
    {
        Assert.SkipWhen(_server is null, "no S3 server: versitygw is not on the PATH");
        using var client = Client();
        await client.PutObjectAsync(new PutObjectRequest { BucketName = "media", Key = key, InputStream = new MemoryStream(bytes) }, TestContext.Current.CancellationToken);
    }

    private AmazonS3Client Client() =>
        new(new BasicAWSCredentials(KeyId, Key), new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{_port}", AuthenticationRegion = "us-east-1", ForcePathStyle = true });
}
