using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using k8s.Autorest;
using Spectre.Console;

namespace DeepfakeOperator.Demo;

/// <summary>The demo as a story: cluster up, operator in, corpus published, ScanJob applied, watched, verdicts read back and checked.</summary>
public sealed class DemoRun(DemoOptions options, IAnsiConsole console, TimeProvider time)
{
    private const string Namespace = "moderation";
    private const string Name = "demo";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    // Less than Ctrl-C waits for us.
    private static readonly TimeSpan TidyPatience = TimeSpan.FromSeconds(30);

    /// <summary>Runs it; 0 only if every item has exactly one outcome and the status agrees with the topics.</summary>
    /// <exception cref="DemoException">Something is missing that a person can mend.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Say($"reading {options.Corpus}");
        var items = await Corpus.LoadAsync(options.Corpus, Say, cancellationToken);
        await using var playground = await Playground.StartAsync(PlaygroundOptions.OneNode, Say, cancellationToken);
        var kafka = playground.Kafka;
        var manifest = ScanJobManifest.Load(Repository.PathOf("samples", "scanjob.yaml"), kafka.BootstrapServers, options.Corpus);
        if (!kafka.IsOurs) DemoTopics.MakeUnique(manifest);
        var topics = DemoTopics.Of(manifest);
        try
        {
            return await ScanAsync(playground, manifest, topics, items, cancellationToken);
        }
        catch (KafkaException error)
        {
            throw new DemoException($"the broker at {kafka.BootstrapServers}: {error.Error.Reason}; see that it runs and lets this machine in");
        }
        finally
        {
            if (!kafka.IsOurs) await TidyAsync(playground, topics);
        }
    }

    private async Task<int> ScanAsync(
        Playground playground, JsonObject manifest, DemoTopics topics, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken)
    {
        await playground.Kafka.CreateTopicAsync(topics.Source, partitions: 4);
        await CorpusPublisher.PublishAsync(playground.Kafka.BootstrapServers, topics.Source, items, cancellationToken);
        Say($"published {items.Count} items to {topics.Source}");

        var started = time.GetTimestamp();
        await playground.ApplyAsync(manifest, cancellationToken);
        Say($"applied scanjob {Namespace}/{Name}");
        var job = await WatchAsync(playground, cancellationToken);
        var seconds = time.GetElapsedTime(started).TotalSeconds;

        var outcomes = await ResultReader.ReadAsync(playground.Kafka.BootstrapServers, topics.Results, topics.DeadLetters, cancellationToken);
        VerdictTable.Write(console, outcomes);
        var problems = Check(job, items, outcomes);
        foreach (var problem in problems) console.MarkupLineInterpolated($"[red]{problem}[/]");

        var counts = job.Status!.Items;
        if (options.Keep) console.MarkupLineInterpolated($"[aqua]export KUBECONFIG={playground.KubeconfigPath}[/]");
        console.Profile.Out.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"demo: phase={job.Status.Phase} items={counts.Processed} fake={counts.Fake} real={counts.Real} inconclusive={counts.Inconclusive} " +
            $"notApplicable={counts.NotApplicable} failed={counts.Failed} seconds={seconds:0.0} kubernetes={playground.KubernetesVersion} " +
            $"kafka={playground.Kafka.Kind}"));
        if (options.Keep) await KeepAsync(cancellationToken);
        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>
    /// Somebody else's broker is left as it was found, also after a failure or Ctrl-C. First goes the ScanJob: its finalizer removes its own topics
    /// and group.
    /// </summary>
    private async Task TidyAsync(Playground playground, DemoTopics topics)
    {
        var (source, results, deadLetters) = topics;
        using var patience = new CancellationTokenSource(TidyPatience, time);
        try
        {
            await playground.ScanJobs.DeleteAsync(Namespace, Name, patience.Token);
            if (options.Keep)
            {
                Say($"left on your broker, as KEEP=1 asks: the topics {source}, {results} and {deadLetters}");
                return;
            }
            await topics.DeleteAsync(playground.Kafka.BootstrapServers);
            Say("removed the demo's topics from your broker");
        }
        catch (Exception error) when (error is KafkaException or HttpRequestException or HttpOperationException or OperationCanceledException)
        {
            Say($"could not tidy up on your broker: {error.Message}");
            Say($"please remove the topics {source}, {results}, {deadLetters} and deepfake.{Namespace}.{Name}.* where they are there");
        }
    }

    private async Task<ScanJob> WatchAsync(Playground playground, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (!console.Profile.Capabilities.Interactive) return await WatchLinesAsync(playground, either.Token);
            return await console.Live(new Text("")).StartAsync(async live => await playground.ScanJobs.WaitAsync(
                Namespace, Name, Ended, job => live.UpdateTarget(ProgressView.Draw(job, time.GetUtcNow())), either.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            var job = await playground.ScanJobs.GetAsync(Namespace, Name, cancellationToken);
            var conditions = job.Status?.Conditions.Select(one => $"{one.Type}={one.Status} {one.Reason}: {one.Message}") ?? [];
            throw new DemoException($"the ScanJob did not end in {Patience.TotalMinutes:0} minutes; its conditions: {string.Join("; ", conditions)}");
        }
    }

    private async Task<ScanJob> WatchLinesAsync(Playground playground, CancellationToken cancellationToken)
    {
        var last = "";
        return await playground.ScanJobs.WaitAsync(Namespace, Name, Ended, job =>
        {
            var line = ProgressView.Line(job);
            if (line != last) Say(line);
            last = line;
        }, cancellationToken);
    }

    private static bool Ended(ScanJob job) => job.Status?.Phase is ScanJobPhase.Succeeded or ScanJobPhase.Failed;

    /// <summary>What is wrong with the outcome, one line a fault.</summary>
    private static List<string> Check(ScanJob job, IReadOnlyList<CorpusItem> items, IReadOnlyList<ScannedItem> outcomes)
    {
        var problems = new List<string>();
        if (job.Status!.Phase != ScanJobPhase.Succeeded)
            problems.Add("the ScanJob failed: " + job.Status.Conditions.FirstOrDefault(one => one.Type == ConditionTypes.Failed)?.Message);
        problems.AddRange(
            outcomes.GroupBy(outcome => outcome.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key} has {group.Count()} outcomes"));
        problems.AddRange(items.Select(item => item.Id).Except(outcomes.Select(outcome => outcome.Id)).Select(id => $"{id} has no outcome"));
        var ends = outcomes.DistinctBy(outcome => outcome.Id).ToDictionary(outcome => outcome.Id, outcome => outcome.Error ?? CorpusItem.AVerdict);
        problems.AddRange(
            from item in items
            where item.Expected is not null && ends.TryGetValue(item.Id, out var end) && !end.StartsWith(item.Expected, StringComparison.Ordinal)
            select $"{item.Id} ends with {ends[item.Id]}, it should with {item.Expected}");
        long Count(Verdict verdict) => outcomes.Count(outcome => outcome.Verdict?.Verdict == verdict);
        var read = new ItemCounts
        {
            Processed = outcomes.Count,
            Fake = Count(Verdict.Fake),
            Real = Count(Verdict.Real),
            Inconclusive = Count(Verdict.Inconclusive),
            NotApplicable = Count(Verdict.NotApplicable),
            Failed = outcomes.Count(outcome => outcome.Verdict is null),
        };
        if (job.Status.Items != read) problems.Add($"the status says {job.Status.Items}, the topics say {read}");
        return problems;
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        console.MarkupLine("[grey]the cluster stays up; Ctrl-C ends it[/]");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how a kept cluster ends, not a failure.
            Debug.Assert(cancellationToken.IsCancellationRequested, "only our own token ends the wait");
        }
    }

    private void Say(string line) => console.MarkupLineInterpolated($"[grey]{time.GetLocalNow():HH:mm:ss}[/] {line}");
}
