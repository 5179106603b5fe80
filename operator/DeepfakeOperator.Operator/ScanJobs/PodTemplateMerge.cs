using System.Text.Json.Nodes;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Merges a user's pod template onto ours as Kubernetes' strategic merge does: objects field by field, lists of named things by their merge key, other lists and
/// scalars replaced, null removes. Works on JSON, so that fields this operator has never heard of survive.
/// </summary>
internal static class PodTemplateMerge
{
    /// <summary>Merge keys of the lists in a pod template, from the Kubernetes API's own <c>patchMergeKey</c> tags.</summary>
    private static readonly Dictionary<string, string[]> MergeKeys = new()
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["volumes"] = ["name"],
        ["env"] = ["name"],
        ["imagePullSecrets"] = ["name"],
        ["resourceClaims"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["ports"] = ["containerPort", "protocol"],
        ["hostAliases"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
        // Atomic in Kubernetes; but a user who adds a toleration does not mean to take ours away.
        ["tolerations"] = ["key", "operator", "value", "effect"],
    };

    public static JsonObject Merge(JsonObject ours, JsonObject? theirs)
    {
        var merged = ours.DeepClone().AsObject();
        foreach (var (name, value) in theirs ?? [])
        {
            if (value is null) merged.Remove(name);
            else merged[name] = Merge(name, merged[name], value);
        }
        return merged;
    }

    private static JsonNode Merge(string name, JsonNode? ours, JsonNode theirs) => (ours, theirs) switch
    {
        (JsonObject left, JsonObject right) => Merge(left, right),
        (JsonArray left, JsonArray right) when MergeKeys.TryGetValue(name, out var keys) => MergeLists(left, right, keys),
        _ => theirs.DeepClone(),
    };

    private static JsonArray MergeLists(JsonArray ours, JsonArray theirs, string[] keys)
    {
        var merged = ours.Select(item => item!.DeepClone()).ToList();
        foreach (var item in theirs.OfType<JsonObject>())
        {
            var index = merged.FindIndex(candidate => keys.All(key => ValueOf(candidate, key) == ValueOf(item, key)));
            if (index < 0) merged.Add(item.DeepClone());
            else merged[index] = Merge(merged[index].AsObject(), item);
        }
        return new JsonArray([.. merged]);
    }

    private static string ValueOf(JsonNode item, string key) =>
        item[key]?.ToString() ?? (key switch { "protocol" => "TCP", "operator" => "Equal", _ => "" });
}
