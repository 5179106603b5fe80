using System.Reflection;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>Reads and writes objects of one kind. Reads are typed; writes take JSON, so that no field is lost that the types do not know.</summary>
/// <param name="api">The API server.</param>
/// <param name="scope">The only namespace to list and watch; null: all.</param>
internal sealed class ResourceClient<T>(KubernetesApi api, string? scope = null)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly KubernetesEntityAttribute Entity = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()
        ?? throw new InvalidOperationException($"{typeof(T)} has no KubernetesEntityAttribute");

    private static readonly string Root = string.IsNullOrEmpty(Entity.Group) ? $"api/{Entity.ApiVersion}" : $"apis/{Entity.Group}/{Entity.ApiVersion}";

    public static string ApiVersion => string.IsNullOrEmpty(Entity.Group) ? Entity.ApiVersion : $"{Entity.Group}/{Entity.ApiVersion}";

    public static string Kind => Entity.Kind;

    public Task<JsonNode> ListPageAsync(string query, CancellationToken cancellation) =>
        api.GetAsync($"{Collection(scope ?? "")}?{query}", cancellation);

    public Task<HttpResponseMessage> OpenWatchAsync(string query, CancellationToken cancellation) =>
        api.OpenStreamAsync($"{Collection(scope ?? "")}?watch=true&{query}", cancellation);

    /// <summary>The object, or null where there is none.</summary>
    public async Task<T?> GetAsync(ObjectKey key, CancellationToken cancellation)
    {
        try
        {
            return Decode(await api.GetAsync(PathOf(key), cancellation));
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Creates it; false where one of that name is there already.</summary>
    public async Task<bool> CreateAsync(string @namespace, JsonObject body, CancellationToken cancellation)
    {
        try
        {
            await api.SendAsync(HttpMethod.Post, $"{Collection(@namespace)}?fieldManager={KubernetesApi.FieldManager}", body, "application/json", cancellation);
            return true;
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            return false;
        }
    }

    /// <summary>Server-side apply of the whole object.</summary>
    public async Task<T> ApplyAsync(ObjectKey key, JsonObject body, CancellationToken cancellation) =>
        await ApplyToAsync(PathOf(key), body, cancellation);

    /// <summary>Server-side apply of <c>status</c>; the uid keeps it from landing on a later object of the same name.</summary>
    public async Task<T> ApplyStatusAsync(ObjectKey key, string uid, JsonNode status, CancellationToken cancellation)
    {
        var metadata = new JsonObject { ["name"] = key.Name, ["uid"] = uid };
        if (key.Namespace.Length > 0) metadata["namespace"] = key.Namespace;
        var body = new JsonObject { ["apiVersion"] = ApiVersion, ["kind"] = Kind, ["metadata"] = metadata, ["status"] = status };
        return await ApplyToAsync(PathOf(key) + "/status", body, cancellation);
    }

    /// <summary>Merge patch; put <c>metadata.resourceVersion</c> into it where a lost update would matter.</summary>
    public async Task<T> PatchAsync(ObjectKey key, JsonObject patch, CancellationToken cancellation) =>
        Decode(await api.SendAsync(
            HttpMethod.Patch, $"{PathOf(key)}?fieldManager={KubernetesApi.FieldManager}", patch, KubernetesApi.MergePatch, cancellation));

    /// <summary>Deletes this very object (by uid) and, in the background, what it owns. Gone already is success.</summary>
    public async Task DeleteAsync(ObjectKey key, string uid, CancellationToken cancellation)
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = "Background",
            ["preconditions"] = new JsonObject { ["uid"] = uid },
        };
        try
        {
            await api.SendAsync(HttpMethod.Delete, PathOf(key), options, "application/json", cancellation);
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // Conflict: another object has that name by now, so ours is gone.
        }
    }

    public static T Decode(JsonNode node) => KubernetesJson.Deserialize<T>(node);

    private async Task<T> ApplyToAsync(string path, JsonObject body, CancellationToken cancellation) =>
        Decode(await api.SendAsync(
            HttpMethod.Patch, $"{path}?fieldManager={KubernetesApi.FieldManager}&force=true", body, KubernetesApi.ApplyPatch, cancellation));

    private static string PathOf(ObjectKey key) => $"{Collection(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";

    private static string Collection(string @namespace) =>
        @namespace.Length == 0 ? $"{Root}/{Entity.PluralName}" : $"{Root}/namespaces/{@namespace}/{Entity.PluralName}";
}
