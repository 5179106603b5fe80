using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Json;

/// <summary>How records and configuration are written: camel case, enums as words, nothing for null.</summary>
public static class ApiJson
{
    /// <summary>Shared, read-only options.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
