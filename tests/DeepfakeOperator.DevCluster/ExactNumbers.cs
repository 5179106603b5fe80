using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace DeepfakeOperator.DevCluster;

/// <summary>Reads a number with a fraction as double: left to itself YamlDotNet takes float, and 0.00392156862745098 becomes 0.003921569.</summary>
internal sealed partial class ExactNumbers : INodeTypeResolver
{
    public bool Resolve(NodeEvent? nodeEvent, ref Type currentType)
    {
        if (currentType != typeof(object) || nodeEvent is not Scalar { Style: ScalarStyle.Plain } scalar || !Fraction().IsMatch(scalar.Value)) return false;
        currentType = typeof(double);
        return true;
    }

    [GeneratedRegex(@"^[-+]?[0-9]*(\.[0-9]+([eE][-+]?[0-9]+)?|[0-9][eE][-+]?[0-9]+)\z")]
    private static partial Regex Fraction();
}
