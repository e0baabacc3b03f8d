namespace Kube.Cel.Syntax;

internal enum TokenKind
{
    End,
    Identifier,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    True,
    False,
    Null,
    In,
    Symbol,
}

/// <summary>A word of an expression.</summary>
/// <param name="Text">As it stands in the source.</param>
/// <param name="Offset">In code points.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;
}
