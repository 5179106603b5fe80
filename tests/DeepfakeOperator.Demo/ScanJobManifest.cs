using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace DeepfakeOperator.Demo;

/// <summary>samples/scanjob.yaml with what differs from cluster to cluster put in: the broker's address and the folder of the media.</summary>
public static class ScanJobManifest
{
    /// <summary>Reads the sample and fills it in.</summary>
    public static JsonObject Load(string path, string bootstrapServers, string mediaFolder)
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(File.ReadAllText(path));
        var manifest = JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!.AsObject();
        var source = manifest["spec"]!["source"]!;
        source["kafka"]!["bootstrapServers"] = bootstrapServers;
        source["media"]!["allowedPaths"] = new JsonArray(mediaFolder);
        var pod = manifest["spec"]!["workers"]!["template"]!["spec"]!;
        // A local process sees the host's files, so the volume is mounted where the folder really is.
        pod["volumes"] = new JsonArray(new JsonObject { ["name"] = "corpus", ["hostPath"] = new JsonObject { ["path"] = mediaFolder } });
        pod["containers"]![0]!["volumeMounts"] = new JsonArray(
            new JsonObject { ["name"] = "corpus", ["mountPath"] = mediaFolder, ["readOnly"] = true });
        return manifest;
    }
}
