namespace Postern.Casbin.Patterns;

/// <summary>The ways to write a pattern.</summary>
internal enum Dialect
{
    /// <summary>A regular expression, found anywhere (regexMatch).</summary>
    Regex,

    /// <summary><c>/:id/*</c> (keyMatch2).</summary>
    Colon,

    /// <summary><c>/{id}/*</c> (keyMatch3, keyMatch5).</summary>
    Braces,

    /// <summary>The same, where a name that stands twice stands for one text (keyMatch4).</summary>
    RepeatedBraces,

    /// <summary><c>/*.png</c>, <c>/**</c>, <c>[a-c]</c>, <c>{a,b}</c> (globMatch).</summary>
    Glob,
}
