using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

public sealed class S3AddressTests
{
    private static readonly MediaSpec Spec = new() { AllowedSchemes = [MediaScheme.S3], AllowedHosts = ["media", "*.team"] };

    [Theory]
    [InlineData(null, false, "https://media.s3.us-east-1.amazonaws.com/a%20b/c.png")]
    [InlineData(null, true, "https://s3.us-east-1.amazonaws.com/media/a%20b/c.png")]
    [InlineData("https://store.example:9000", false, "https://media.store.example:9000/a%20b/c.png")]
    [InlineData("http://store.example:9000/", true, "http://store.example:9000/media/a%20b/c.png")]
    public void The_bucket_stands_where_the_server_wants_it_and_without_a_secret_nothing_is_signed(string? endpoint, bool pathStyle, string expected)
    {
        using var source = new S3Source(Spec with { S3 = new S3Spec { Endpoint = endpoint, PathStyle = pathStyle } }, null, TimeProvider.System);
        Assert.Equal(expected, source.Sign(new Uri("s3://media/a%20b/c.png")).AbsoluteUri);
    }

    [Theory]
    [InlineData("s3://other/x")]
    [InlineData("s3://media.example.org/x")]
    [InlineData("s3://team/x")]
    [InlineData("s3://media/")]
    [InlineData("s3://media/x?versionId=1")]
    [InlineData("s3://user:secret@media/x")]
    [InlineData("s3://media:81/x")]
    [InlineData("s3://a_b.team/x")]
    [InlineData("s3:///x")]
    public void What_is_no_object_of_an_allowed_bucket_is_refused(string address)
    {
        using var source = new S3Source(Spec, null, TimeProvider.System);
        var error = Assert.Throws<ScanPipelineItemException>(() => source.Sign(new Uri(address)));
        Assert.Equal(ErrorClass.FetchDenied, error.Class);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Throws<ScanPipelineItemException>(() => new S3Source(Spec with { AllowedSchemes = [MediaScheme.Https] }, null, TimeProvider.System).Sign(new Uri("s3://media/x")));
    }
}
