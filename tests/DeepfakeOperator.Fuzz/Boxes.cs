using System.Buffers.Binary;
using System.Text;

namespace DeepfakeOperator.Fuzz;

/// <summary>QuickTime and ISO files that point elsewhere, which no encoder makes.</summary>
internal static class Boxes
{
    /// <summary>A reference movie: nothing but the address of another.</summary>
    internal static byte[] ReferenceMovie(string address) => Box("moov", Box("rmra", Box("rmda",
        Box("rdrf", [0, 0, 0, 0], "url "u8.ToArray(), Number(address.Length + 1), Encoding.ASCII.GetBytes(address + "\0")))));

    /// <summary>The movie, its track's data said to lie at the address.</summary>
    internal static byte[] WithDataElsewhere(byte[] movie, string address)
    {
        var at = movie.AsSpan().IndexOf("dref"u8);
        if (at < 0) return movie;
        var entry = Box("url ", [0, 0, 0, 0], Encoding.ASCII.GetBytes(address + "\0"));
        // Over the old entry and what follows it: the sizes further out are wrong then, which is what hostile files are like.
        return [.. movie[..(at + 4)], 0, 0, 0, 0, .. Number(1), .. entry, .. movie[(at + 24)..]];
    }

    private static byte[] Box(string name, params byte[][] parts)
    {
        var payload = parts.SelectMany(part => part).ToArray();
        return [.. Number(payload.Length + 8), .. Encoding.ASCII.GetBytes(name), .. payload];
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
