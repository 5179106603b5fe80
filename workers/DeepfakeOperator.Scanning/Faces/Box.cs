namespace DeepfakeOperator.Scanning.Faces;

/// <summary>A rectangle in a picture, in pixels.</summary>
internal readonly record struct Box(double Left, double Top, double Width, double Height)
{
    internal double Area => Width * Height;

    internal Point Centre => new(Left + (Width / 2), Top + (Height / 2));

    internal static Box Around(Point centre, double width, double height) => new(centre.X - (width / 2), centre.Y - (height / 2), width, height);

    /// <summary>Intersection over union.</summary>
    internal double Overlap(Box other)
    {
        var width = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);
        var height = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0) return 0;
        return width * height / (Area + other.Area - (width * height));
    }
}
