using System.Text.RegularExpressions;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Validation;

/// <summary>The rules of <c>crds/scanjobs.yaml</c>, in its order.</summary>
internal static partial class ScanJobRules
{
    private const string LongerThanZero = "must be longer than 0s";

    /// <summary>Settings with names of their own that are refused beside whole families.</summary>
    private static readonly HashSet<string> OwnSettings =
    [
        "bootstrap.servers", "metadata.broker.list", "isolation.level", "acks", "request.required.acks", "max.in.flight",
        "max.in.flight.requests.per.connection", "max.poll.interval.ms", "partition.assignment.strategy", "allow.auto.create.topics", "debug",
    ];

    private static readonly Rule<ScanJobSpec>[] Spec =
    [
        new("source.kafka.end", "a Stream has no end; remove source.kafka.end or use mode Batch",
            spec => spec.Mode != ScanMode.Stream || spec.Source.Kafka.End.At == EndAt.Now),
        new("autoscaling.targetCompletion", "a Stream is never complete; remove autoscaling.targetCompletion or use mode Batch",
            spec => spec.Mode != ScanMode.Stream || spec.Autoscaling.TargetCompletion is null),
        new("results.kafka.topic", "verdicts cannot go to a source topic, they would be scanned as media",
            spec => !spec.Source.Kafka.Topics.Contains(spec.Results.Kafka.Topic)),
        new("results.kafka.deadLetterTopic", "dead letters cannot go to a source topic, they would be scanned again",
            spec => !spec.Source.Kafka.Topics.Contains(spec.Results.Kafka.DeadLetterTopic ?? spec.Results.Kafka.Topic + "-dlq")),
        new("detectors", "a detector's weight must be above 0, but for ensemble.method Logistic",
            spec => spec.Ensemble.Method == EnsembleMethod.Logistic || spec.Detectors.All(detector => detector.Weight > 0)),
        new("detectors", "a detector's family is required with ensemble.method TwoTier, and only then",
            spec => spec.Detectors.All(detector => (detector.Family is not null) == (spec.Ensemble.Method == EnsembleMethod.TwoTier))),
        new("detectors", "a detector's family must be one of ensemble.families",
            spec => spec.Ensemble.Families.Count == 0
                || spec.Detectors.All(detector => detector.Family is null || spec.Ensemble.Families.Any(family => family.Name == detector.Family))),
        new("ensemble.minVotes", "there must be as many detectors as ensemble.minVotes, else the score is never 1",
            spec => spec.Ensemble.MinVotes is not { } votes || votes <= spec.Detectors.Count),
        new("source.media.fetchTimeout", LongerThanZero, spec => spec.Source.Media.FetchTimeout > TimeSpan.Zero),
        new("sampling.video.interval", LongerThanZero, spec => spec.Sampling.Video.Interval > TimeSpan.Zero),
        new("autoscaling.targetCompletion", LongerThanZero, spec => spec.Autoscaling.TargetCompletion is not { } target || target > TimeSpan.Zero),
    ];

    private static readonly Rule<KafkaSourceSpec>[] Kafka =
    [
        new("end.timestamp", "end.timestamp must be later than start.timestamp",
            kafka => kafka.Start.From != StartFrom.Timestamp || kafka.End.At != EndAt.Timestamp || !(kafka.Start.Timestamp >= kafka.End.Timestamp)),
        new("start.timestamp", "timestamp is required with from Timestamp, and only then",
            kafka => (kafka.Start.Timestamp is not null) == (kafka.Start.From == StartFrom.Timestamp)),
        new("end.timestamp", "timestamp is required with at Timestamp, and only then",
            kafka => (kafka.End.Timestamp is not null) == (kafka.End.At == EndAt.Timestamp)),
        new("properties", "only settings of librdkafka that are written in lower-case letters, digits and dots can be passed",
            kafka => kafka.Properties.Keys.All(PlainName().IsMatch)),
        new("properties", "settings of TLS and SASL belong in the Secret that authSecretRef names",
            kafka => !kafka.Properties.Keys.Any(IsSecurity)),
        new("properties",
            "settings of groups, transactions, offsets, commits, acknowledgements, features (enable.*), plugins, brokers and debugging are the operator's own",
            kafka => !kafka.Properties.Keys.Any(IsOwn)),
    ];

    private static readonly Rule<EnsembleSpec>[] Ensemble =
    [
        new("intercept", "intercept has a meaning with method Logistic only",
            ensemble => ensemble.Intercept == 0 || ensemble.Method == EnsembleMethod.Logistic),
        new("missingScore", "missingScore has a meaning with methods Logistic and Stacking only",
            ensemble => ensemble.Method is EnsembleMethod.Logistic or EnsembleMethod.Stacking || ensemble.MissingScore is null),
        new("missingScore", "missingScore is required with method Stacking",
            ensemble => ensemble.Method != EnsembleMethod.Stacking || ensemble.MissingScore is not null),
        new("model", "model is required with method Stacking, and only then",
            ensemble => (ensemble.Method == EnsembleMethod.Stacking) == (ensemble.Model is not null)),
        new("families", "families are required with method TwoTier, and only then",
            ensemble => (ensemble.Method == EnsembleMethod.TwoTier) == (ensemble.Families.Count > 0)),
        new("minVotes", "minVotes has a meaning with method Vote only",
            ensemble => ensemble.Method == EnsembleMethod.Vote || ensemble.MinVotes is null),
    ];

    private static readonly Rule<VerdictSpec>[] Verdict =
    [
        new("", "realAtOrBelow must be below fakeAtOrAbove", verdict => verdict.RealAtOrBelow < verdict.FakeAtOrAbove),
    ];

    private static readonly Rule<WorkersSpec>[] Workers =
    [
        new("min", "min must not be above max", workers => workers.Min <= workers.Max),
        new("replicas", "replicas must not be above max", workers => workers.Replicas is null || workers.Replicas <= workers.Max),
    ];

    private static readonly Rule<KafkaResultsSpec>[] Results =
    [
        new("deadLetterTopic", "deadLetterTopic must differ from topic", results => results.DeadLetterTopic != results.Topic),
    ];

    public static IEnumerable<string> Violations(ScanJobSpec spec) =>
    [
        .. Rule<ScanJobSpec>.Violations(Spec, "spec", spec),
        .. Rule<KafkaSourceSpec>.Violations(Kafka, "spec.source.kafka", spec.Source.Kafka),
        .. Rule<EnsembleSpec>.Violations(Ensemble, "spec.ensemble", spec.Ensemble),
        .. Rule<VerdictSpec>.Violations(Verdict, "spec.verdict", spec.Verdict),
        .. Rule<WorkersSpec>.Violations(Workers, "spec.workers", spec.Workers),
        .. Rule<KafkaResultsSpec>.Violations(Results, "spec.results.kafka", spec.Results.Kafka),
    ];

    private static bool IsSecurity(string key) =>
        key.Contains("sasl", StringComparison.Ordinal) || key.Contains("ssl", StringComparison.Ordinal)
        || key.StartsWith("https.", StringComparison.Ordinal) || key == "security.protocol";

    private static bool IsOwn(string key) =>
        key.StartsWith("group.", StringComparison.Ordinal) || key.StartsWith("transaction", StringComparison.Ordinal)
        || key.StartsWith("enable.", StringComparison.Ordinal) || key.StartsWith("plugin.", StringComparison.Ordinal)
        || key.Contains("commit", StringComparison.Ordinal) || key.Contains("offset", StringComparison.Ordinal) || OwnSettings.Contains(key);

    // \z, not $: in .NET the dollar also matches before a last line feed, in CEL's RE2 it does not.
    [GeneratedRegex(@"^[a-z][a-z0-9.]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
