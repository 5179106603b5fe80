using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>The pods that this operator starts, as JSON: a scan's worker and a detector's check differ in arguments and mounts only.</summary>
internal static class WorkerPod
{
    public const string ContainerName = "worker";

    private const string ScratchVolume = "scratch";
    private const string TemporaryVolume = "tmp";
    private const int Port = 8080;

    /// <summary>Between the end of the drain and the kill: time to commit, close and exit.</summary>
    private static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(10);

    /// <summary>The template of a worker slot's pods, the user's template merged onto it.</summary>
    public static JsonObject Scan(ScanJob job, IReadOnlyList<ResolvedDetector> detectors, int slot, string image)
    {
        var source = job.Spec.Source;
        var arguments = new List<string> { "scan", "--slot", $"{slot}", "--configuration", $"{MountPaths.Configuration}/{ScanConfiguration.FileName}" };
        var mounts = new JsonArray();
        var volumes = new JsonArray();
        Mount(mounts, volumes, "scan", MountPaths.Configuration, new() { ["configMap"] = new JsonObject { ["name"] = Names.Configuration(job.Metadata.Name) } });
        if (source.Kafka.AuthSecretRef is { } kafka)
        {
            arguments.AddRange(["--kafka-secret", MountPaths.KafkaSecret]);
            Mount(mounts, volumes, "kafka", MountPaths.KafkaSecret, new() { ["secret"] = new JsonObject { ["secretName"] = kafka.Name } });
        }
        if (source.Media.CredentialsSecretRef is { } media)
        {
            arguments.AddRange(["--media-secret", MountPaths.MediaSecret]);
            Mount(mounts, volumes, "media", MountPaths.MediaSecret, new() { ["secret"] = new JsonObject { ["secretName"] = media.Name } });
        }
        MountSecrets(detectors.Select(detector => detector.Spec), arguments, mounts, volumes);
        arguments.AddRange(["--scratch", MountPaths.Scratch, "--port", $"{Port}", "--termination-message", MountPaths.TerminationMessage]);

        var container = Container(image, arguments, mounts, volumes);
        container["ports"] = new JsonArray(new JsonObject { ["name"] = "metrics", ["containerPort"] = Port, ["protocol"] = "TCP" });
        container["readinessProbe"] = Probe("/readyz", periodSeconds: 2, failures: 3);
        // A worker that loads a model or builds an engine is alive but slow: give up only after a minute of silence.
        container["livenessProbe"] = Probe("/healthz", periodSeconds: 10, failures: 6);
        var accelerator = job.Spec.Workers.Accelerator;
        if (accelerator.Count > 0)
        {
            container["resources"] = new JsonObject { ["limits"] = new JsonObject { [accelerator.Resource] = $"{accelerator.Count}" } };
        }
        var labels = new JsonObject { [ApiGroup.ScanJobLabel] = Names.Label(job.Metadata.Name), [ApiGroup.SlotLabel] = $"{slot}" };
        var ours = Template(labels, container, volumes, job.Spec.Workers.DrainTimeout + DrainMargin);
        return PodTemplateMerge.Merge(ours, job.Spec.Workers.Template);
    }

    /// <summary>The template of a detector's check; <paramref name="configMap"/> holds <c>detector.json</c>.</summary>
    public static JsonObject Check(string detector, DetectorSpec spec, string configMap, string image)
    {
        var mounts = new JsonArray();
        var volumes = new JsonArray();
        Mount(mounts, volumes, "scan", MountPaths.Configuration, new() { ["configMap"] = new JsonObject { ["name"] = configMap } });
        List<string> arguments =
        [
            "check", "--detector", $"{MountPaths.Configuration}/detector.json", "--scratch", MountPaths.Scratch, "--termination-message", MountPaths.TerminationMessage,
        ];
        MountSecrets([spec], arguments, mounts, volumes);
        var labels = new JsonObject { [ApiGroup.DetectorLabel] = Names.Label(detector) };
        return Template(labels, Container(image, arguments, mounts, volumes), volumes, DrainMargin);
    }

    private static JsonObject Template(JsonObject labels, JsonObject container, JsonArray volumes, TimeSpan gracePeriod)
    {
        labels["app.kubernetes.io/managed-by"] = Runtime.KubernetesApi.FieldManager;
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                // What podFailurePolicy demands, and what leaves a failed pod's last words to be read.
                ["restartPolicy"] = "Never",
                ["automountServiceAccountToken"] = false,
                ["enableServiceLinks"] = false,
                ["terminationGracePeriodSeconds"] = (long)Math.Ceiling(gracePeriod.TotalSeconds),
                ["securityContext"] = new JsonObject
                {
                    ["runAsNonRoot"] = true,
                    ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
                },
                ["containers"] = new JsonArray(container),
                ["volumes"] = volumes,
            },
        };
    }

    private static JsonObject Container(string image, IEnumerable<string> arguments, JsonArray mounts, JsonArray volumes)
    {
        Mount(mounts, volumes, ScratchVolume, MountPaths.Scratch, new() { ["emptyDir"] = new JsonObject() }, readOnly: false);
        // .NET and ffmpeg write temporary files, and the root file system is read-only.
        Mount(mounts, volumes, TemporaryVolume, "/tmp", new() { ["emptyDir"] = new JsonObject() }, readOnly: false);
        return new JsonObject
        {
            ["name"] = ContainerName,
            ["image"] = image,
            ["args"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(argument))]),
            ["terminationMessagePath"] = MountPaths.TerminationMessage,
            ["terminationMessagePolicy"] = "FallbackToLogsOnError",
            ["securityContext"] = new JsonObject
            {
                ["allowPrivilegeEscalation"] = false,
                ["readOnlyRootFilesystem"] = true,
                ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            },
            ["volumeMounts"] = mounts,
        };
    }

    /// <summary>The keys of served models, each Secret once.</summary>
    private static void MountSecrets(IEnumerable<DetectorSpec> detectors, List<string> arguments, JsonArray mounts, JsonArray volumes)
    {
        var names = detectors.Select(detector => detector.Remote?.ApiKeySecretRef?.Name).OfType<string>().Distinct().ToList();
        if (names.Count == 0) return;
        arguments.AddRange(["--detector-secrets", MountPaths.DetectorSecrets]);
        // A Secret's name may be longer than a volume's.
        for (var i = 0; i < names.Count; i++)
            Mount(mounts, volumes, $"detector-{i}", $"{MountPaths.DetectorSecrets}/{names[i]}", new() { ["secret"] = new JsonObject { ["secretName"] = names[i] } });
    }

    private static void Mount(JsonArray mounts, JsonArray volumes, string name, string path, JsonObject volume, bool readOnly = true)
    {
        volume["name"] = name;
        volumes.Add(volume);
        mounts.Add(new JsonObject { ["name"] = name, ["mountPath"] = path, ["readOnly"] = readOnly });
    }

    private static JsonObject Probe(string path, int periodSeconds, int failures) => new()
    {
        ["httpGet"] = new JsonObject { ["path"] = path, ["port"] = "metrics" },
        ["periodSeconds"] = periodSeconds,
        ["failureThreshold"] = failures,
    };
}
