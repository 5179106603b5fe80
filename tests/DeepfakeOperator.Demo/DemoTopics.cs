using System.Text.Json.Nodes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace DeepfakeOperator.Demo;

/// <summary>The three topics of the demo's ScanJob.</summary>
/// <param name="Source">What is scanned.</param>
/// <param name="Results">Takes the verdicts.</param>
/// <param name="DeadLetters">Takes what has none.</param>
public sealed record DemoTopics(string Source, string Results, string DeadLetters)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The topics that a ScanJob names.</summary>
    public static DemoTopics Of(JsonObject manifest)
    {
        var results = manifest["spec"]!["results"]!["kafka"]!;
        return new((string)manifest["spec"]!["source"]!["kafka"]!["topics"]![0]!, (string)results["topic"]!, (string)results["deadLetterTopic"]!);
    }

    /// <summary>
    /// Gives a ScanJob topics that no other run has: on a broker that others use, the sample's names may hold their records, or the last demo's.
    /// </summary>
    public static void MakeUnique(JsonObject manifest)
    {
        var own = Of(manifest);
        var suffix = "-" + Guid.NewGuid().ToString("N")[..8];
        manifest["spec"]!["source"]!["kafka"]!["topics"] = new JsonArray(own.Source + suffix);
        var results = manifest["spec"]!["results"]!["kafka"]!;
        (results["topic"], results["deadLetterTopic"]) = (own.Results + suffix, own.DeadLetters + suffix);
    }

    /// <summary>Removes them; one that was never made is no fault.</summary>
    /// <exception cref="KafkaException">The broker does not answer, or refuses.</exception>
    public async Task DeleteAsync(string bootstrapServers)
    {
        using var admin = QuietKafka.Admin(bootstrapServers);
        try
        {
            var options = new DeleteTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience };
            await admin.DeleteTopicsAsync([Source, Results, DeadLetters], options);
        }
        catch (DeleteTopicsException error) when (error.Results.All(result => result.Error.Code is ErrorCode.NoError or ErrorCode.UnknownTopicOrPart))
        {
            // A run that was stopped early has not made all three.
        }
    }
}
