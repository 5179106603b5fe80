using System.Net.Http.Headers;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>What is still to come of media that was begun: from where, and how the server tells that it is still the same.</summary>
internal sealed record RestOfMedia(long From, EntityTagHeaderValue Tag)
{
    internal void Ask(HttpRequestHeaders headers)
    {
        headers.Range = new RangeHeaderValue(From, null);
        headers.IfRange = new RangeConditionHeaderValue(Tag);
    }

    /// <summary>True where the response goes on exactly there.</summary>
    internal bool IsAnsweredBy(HttpResponseMessage response) =>
        response.Content.Headers.ContentRange is { From: { } from } && from == From && response.Headers.ETag is { IsWeak: false } tag && tag.Tag == Tag.Tag;
}
