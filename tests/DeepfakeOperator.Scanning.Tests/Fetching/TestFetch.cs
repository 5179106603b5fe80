using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

/// <summary>A fetcher's folders, what it may fetch, and what a test asks of it.</summary>
internal sealed class TestFetch : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("fetch-").FullName;

    internal string Media => Directory.CreateDirectory(Path.Combine(Folder, "media")).FullName;

    internal string Scratch => Directory.CreateDirectory(Path.Combine(Folder, "scratch")).FullName;

    /// <summary>Folder of the object store's credentials, or null.</summary>
    internal string? Secret { get; set; }

    internal MediaSpec Spec => new()
    {
        AllowedSchemes = [MediaScheme.File, MediaScheme.Http, MediaScheme.Https],
        AllowedHosts = ["127.0.0.1", "localhost", "*.example.org"],
        AllowPrivateAddresses = true,
        AllowedPaths = [Media],
        FetchTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>What lets the server be fetched from.</summary>
    internal MediaSpec For(TestServer server) => Spec with { AllowedHosts = [$"127.0.0.1:{server.Port}"] };

    internal Task<ScanPipelineItemException> FailsAsync(ErrorClass expected, string address) => FailsAsync(expected, Spec, TestScan.At(new Uri(address)));

    internal async Task<ScanPipelineItemException> FailsAsync(ErrorClass expected, MediaSpec spec, SourceItem item)
    {
        using var fetcher = new MediaFetcher(spec, Secret, Scratch, TimeProvider.System);
        var error = await Assert.ThrowsAsync<ScanPipelineItemException>(() => fetcher.FetchAsync(item, TestContext.Current.CancellationToken));
        Assert.Equal(expected, error.Class);
        Assert.Empty(Directory.EnumerateFiles(Scratch));
        return error;
    }

    internal async Task<FetchedMedia> FetchAsync(MediaSpec spec, Uri uri, string? sha256 = null)
    {
        using var fetcher = new MediaFetcher(spec, Secret, Scratch, TimeProvider.System);
        return await fetcher.FetchAsync(TestScan.At(uri, sha256), TestContext.Current.CancellationToken);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
