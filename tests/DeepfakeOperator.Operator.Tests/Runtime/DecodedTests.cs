using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator.Tests.Runtime;

public sealed class DecodedTests
{
    [Fact]
    public void A_spec_that_cannot_be_read_is_left_out_and_said()
    {
        var entry = From("""{"metadata":{"name":"a"},"spec":{"backoffLimit":"many"},"status":{"phase":"Running"}}""");
        Assert.Equal(("a", ScanJobPhase.Running), (entry.Object.Metadata.Name, entry.Object.Status!.Phase));
        Assert.Contains("backoffLimit", entry.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_that_cannot_be_read_is_made_anew()
    {
        var entry = From("""{"metadata":{"name":"a"},"spec":{"backoffLimit":3},"status":{"phase":"Bored"}}""");
        Assert.Equal((3, null, null), (entry.Object.Spec.BackoffLimit, entry.Object.Status, entry.Error));
    }

    [Fact]
    public void With_neither_there_is_still_a_name_to_delete()
    {
        var entry = From("""{"metadata":{"name":"a"},"spec":{"backoffLimit":"many"},"status":{"phase":"Bored"}}""");
        Assert.Equal("a", entry.Object.Metadata.Name);
        Assert.NotNull(entry.Error);
    }

    [Fact]
    public void Without_a_name_it_is_no_object() => Assert.Throws<JsonException>(() => From("""{"metadata":7}"""));

    private static Decoded<ScanJob> From(string json) => Decoded<ScanJob>.From(JsonNode.Parse(json)!.AsObject());
}
