namespace DeepfakeOperator.Scanning.Tests.Media;

/// <summary>Writes a JPEG of one colour, in the kinds that no encoder at hand makes: four components, and progressive.</summary>
internal static class FlatJpeg
{
    private const int Size = 16, Blocks = Size / 8 * (Size / 8);

    /// <param name="components">Level of each component, 0 to 255.</param>
    /// <param name="progressive">In two scans of the mean and none of the rest, as a slow connection would see it.</param>
    /// <param name="adobe">Adobe's marker: the components are CMYK, stored inverted.</param>
    internal static byte[] Make(byte[] components, bool progressive = false, bool adobe = false)
    {
        var bytes = new List<byte> { 0xFF, 0xD8 };
        if (adobe) bytes.AddRange(Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]));
        bytes.AddRange(Segment(0xDB, [0, .. Enumerable.Repeat<byte>(1, 64)]));
        byte[] ids = [.. Enumerable.Range(1, components.Length).Select(id => (byte)id)];
        bytes.AddRange(Segment((byte)(progressive ? 0xC2 : 0xC0), [8, 0, Size, 0, Size, (byte)ids.Length, .. ids.SelectMany(id => (byte[])[id, 0x11, 0])]));
        // Means: twelve codes of four bits, one for each length of a difference. The rest: one code, for the end of a block.
        bytes.AddRange(Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(length => (byte)length)]));
        bytes.AddRange(Segment(0xC4, [0x10, 1, .. new byte[15], 0]));
        bytes.AddRange(Segment(0xDA, [(byte)ids.Length, .. ids.SelectMany(id => (byte[])[id, 0x00]), 0, (byte)(progressive ? 0 : 63), 0]));
        bytes.AddRange(Coded(components, progressive));
        foreach (var id in progressive ? ids : [])
        {
            bytes.AddRange(Segment(0xDA, [1, id, 0x00, 1, 63, 0]));
            bytes.AddRange(Packed(new string('0', Blocks)));
        }
        return [.. bytes, 0xFF, 0xD9];
    }

    private static byte[] Coded(byte[] components, bool progressive)
    {
        var bits = "";
        for (var block = 0; block < Blocks; block++)
        {
            foreach (var level in components)
            {
                // Eight times the mean, as the difference to the block before; all but the first have none.
                var difference = block == 0 ? (level - 128) * 8 : 0;
                var length = difference == 0 ? 0 : (int)Math.Log2(Math.Abs(difference)) + 1;
                bits += Convert.ToString(length, 2).PadLeft(4, '0');
                if (length > 0) bits += Convert.ToString(difference > 0 ? difference : difference + (1 << length) - 1, 2).PadLeft(length, '0');
                if (!progressive) bits += "0";
            }
        }
        return Packed(bits);
    }

    private static byte[] Packed(string bits)
    {
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).SelectMany(value => value == 0xFF ? (byte[])[0xFF, 0] : [value])];
    }

    private static byte[] Segment(byte marker, byte[] payload) => [0xFF, marker, (byte)((payload.Length + 2) >> 8), (byte)(payload.Length + 2), .. payload];
}
