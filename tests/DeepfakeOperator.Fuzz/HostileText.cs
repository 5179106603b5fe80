using System.IO.Compression;
using System.Text;

namespace DeepfakeOperator.Fuzz;

/// <summary>Texts and archives that make careless decoders fetch an address, read a file, or unpack without end.</summary>
internal static class HostileText
{
    /// <summary>All of them; <paramref name="authority"/> is the host and port that must not be called.</summary>
    internal static IEnumerable<Sample> All(string authority)
    {
        foreach (var (name, text) in Texts($"http://{authority}/x", $"{authority}", "/etc/hostname")) yield return new Sample(name, Encoding.UTF8.GetBytes(text));
        yield return new Sample("zeros.gz", Gzip(new byte[8 << 20]));
        yield return new Sample("many.zip", Zip(64));
        yield return new Sample("reference.mov", Boxes.ReferenceMovie($"http://{authority}/x.mov"));
        // A tag that some demuxers skip before they look at what follows.
        yield return new Sample("tagged-playlist.mp3", [.. "ID3\x04\0\0\0\0\0\0"u8, .. Encoding.UTF8.GetBytes(Playlist($"http://{authority}/x"))]);
    }

    private static string Playlist(string address) =>
        $"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI=\"{address}\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"{address}\"\n#EXTINF:1,\n{address}.ts\n#EXT-X-ENDLIST\n";

    private static (string Name, string Text)[] Texts(string address, string authority, string file) =>
    [
        ("live.m3u8", Playlist(address)),
        ("files.m3u8", Playlist("file://" + file)),
        ("joined.m3u8", $"#EXTM3U\n#EXTINF:1,\nconcat:{address}|subfile,,start,0,end,9,,:{file}\n"),
        ("list.ffconcat", $"ffconcat version 1.0\nfile '{address}'\nfile 'file://{file}'\n"),
        ("stations.pls", $"[playlist]\nFile1={address}\nLength1=-1\nNumberOfEntries=1\nVersion=2\n"),
        ("list.asx", $"<asx version=\"3.0\"><entry><ref href=\"{address}\"/></entry></asx>"),
        ("list.xspf", $"<?xml version=\"1.0\"?><playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><trackList><track><location>{address}</location></track></trackList></playlist>"),
        ("list.smil", $"<smil><body><video src=\"{address}\"/></body></smil>"),
        ("manifest.mpd", "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT4S\"><Period><AdaptationSet mimeType=\"video/mp4\">"
            + $"<Representation id=\"0\" bandwidth=\"1\"><BaseURL>{address}</BaseURL><SegmentList><SegmentURL media=\"{address}\"/></SegmentList></Representation></AdaptationSet></Period></MPD>"),
        ("session.sdp", $"v=0\no=- 0 0 IN IP4 {authority.Split(':')[0]}\ns=x\nc=IN IP4 {authority.Split(':')[0]}\nt=0 0\nm=video {authority.Split(':')[^1]} RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
        ("words.srt", $"1\n00:00:00,000 --> 00:00:09,000\n<img src=\"{address}\"><font face=\"{file}\">x</font>\n"),
        ("words.ass", $"[Script Info]\nScriptType: v4.00+\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:00.00,0:00:09.00,{{\\fn{address}}}x\n[Fonts]\nfontname: {file}\n"),
        ("words.vtt", $"WEBVTT\n\nSTYLE\n::cue {{ background: url({address}) }}\n\n00:00.000 --> 00:09.000\nx\n"),
        ("picture.svg", $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"{address}\" width=\"9\" height=\"9\"/></svg>"),
        ("entity.xml", $"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"{address}\"><!ENTITY f SYSTEM \"file://{file}\">]><x>&e;&f;</x>"),
        ("laughs.xml", "<!DOCTYPE x [<!ENTITY a \"ha\">" + string.Concat(Enumerable.Range(1, 9).Select(i => $"<!ENTITY {(char)('a' + i)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + i - 1)};", 10))}\">")) + "]><x>&j;</x>"),
        ("picture.mvg", $"push graphic-context\nviewbox 0 0 640 480\nfill 'url({address})'\npop graphic-context\n"),
        ("picture.msl", $"<image><read filename=\"{address}\"/><write filename=\"/tmp/never\"/></image>"),
        ("picture.eps", $"%!PS-Adobe-3.0 EPSF-3.0\n({file}) (r) file\n"),
        ("page.html", $"<html><img src=\"{address}\"><meta http-equiv=refresh content=\"0;url={address}\"></html>"),
        ("paper.pdf", $"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI({address})>>>>endobj\ntrailer<</Root 1 0 R>>\n"),
        ("script.avs", $"DirectShowSource(\"{address}\")\n"),
        ("metadata.ffmeta", $";FFMETADATA1\ntitle={address}\n"),
        ("plain.txt", $"{address}\n"),
        ("empty.bin", ""),
    ];

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Zip(int entries)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            for (var i = 0; i < entries; i++)
            {
                using var entry = archive.CreateEntry($"../{i}.png", CompressionLevel.Optimal).Open();
                entry.Write(new byte[1 << 16]);
            }
        }
        return packed.ToArray();
    }
}
