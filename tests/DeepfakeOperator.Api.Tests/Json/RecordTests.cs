using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Api.Tests.Json;

public sealed class RecordTests
{
    public static TheoryData<Type> Records =>
        [typeof(VerdictRecord), typeof(ProgressRecord), typeof(PlanRecord), typeof(ShardRecord), typeof(DetectorCheck), typeof(ScanConfiguration)];

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_comes_back_with_every_field(Type record) => JsonGen.Of(record).Sample(
        json => JsonNode.DeepEquals(json, JsonSerializer.SerializeToNode(json.Deserialize(record, ApiJson.Options), record, ApiJson.Options)),
        iter: 50);

    [Theory]
    [MemberData(nameof(Records))]
    public void A_field_of_a_later_version_is_passed_over(Type record) => JsonGen.Of(record).Sample(
        json =>
        {
            json["later"] = new JsonObject { ["a"] = 1 };
            return json.Deserialize(record, ApiJson.Options) is not null;
        },
        iter: 5);

    [Fact]
    public void Names_in_Kafka_are_legal_for_the_longest_namespace_and_name()
    {
        var topics = new InternalTopics(new string('n', 63), new string('j', 63), "0123abcd-0000-0000-0000-000000000000");
        foreach (var topic in new[] { topics.Shards, topics.Progress }) Assert.Matches("^[a-zA-Z0-9._-]{1,249}$", topic);
        Assert.NotEqual(topics.Base, new InternalTopics(new string('n', 63), new string('j', 63), "0123abce-0000-0000-0000-000000000000").Base);
        Assert.Equal("0123abcd-dealer", topics.DealerTransactionalId);
    }
}
