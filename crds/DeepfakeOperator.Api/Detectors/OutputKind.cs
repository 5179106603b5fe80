using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>How an output tensor is read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutputKind>))]
public enum OutputKind
{
    /// <summary>One logit; its sigmoid is a probability.</summary>
    SigmoidLogit,

    /// <summary>Already a probability.</summary>
    Probability,

    /// <summary>One logit a class; their softmax is a distribution.</summary>
    SoftmaxLogits,

    /// <summary>One probability a class.</summary>
    ClassScores,

    /// <summary>One logit a generator.</summary>
    Attribution,

    /// <summary>Scores per pixel.</summary>
    Mask,

    /// <summary>One score a frame.</summary>
    PerFrame,

    /// <summary>Start, end and score of manipulated stretches.</summary>
    Segments,

    /// <summary>Tokens or text of a language model.</summary>
    Text,

    /// <summary>A distance; larger is less alike.</summary>
    Distance,
}
