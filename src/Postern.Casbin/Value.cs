namespace Postern.Casbin;

internal enum ValueKind : byte
{
    /// <summary>What is not there to be known: the fields of a policy when there are no policies.</summary>
    Unknown,
    Text,
    Number,
    Truth,
    Nothing,
    Object,
    List,

    /// <summary>No value but the sentence that says why there is none.</summary>
    Refused,
}

internal readonly struct Value
{
    public static readonly Value Nothing = new(ValueKind.Nothing, 0, null);
    public static readonly Value True = new(ValueKind.Truth, 1, null);
    public static readonly Value False = new(ValueKind.Truth, 0, null);

    private const int CharactersOfStep = 64;

    // Of a list or an object its size.
    private readonly double number;
    private readonly object? held;

    private Value(ValueKind kind, double number, object? held) => (Kind, this.number, this.held) = (kind, number, held);

    public ValueKind Kind { get; }

    public string Text => (string)held!;

    public double Number => number;

    public bool IsTrue => Kind == ValueKind.Truth && number != 0;

    public bool IsFalse => Kind == ValueKind.Truth && number == 0;

    public Value[] Items => (Value[])held!;

    public Dictionary<string, Value> Fields => (Dictionary<string, Value>)held!;

    public string Refusal => (string)held!;

    /// <summary>How many steps it takes to look at all of it.</summary>
    public long Size => Kind switch
    {
        ValueKind.List or ValueKind.Object => (long)number,
        ValueKind.Text => 1 + (Text.Length / CharactersOfStep),
        _ => 1,
    };

    /// <summary>Whether nothing can be computed from it, so that it is the result itself.</summary>
    public bool IsFinal => Kind is ValueKind.Unknown or ValueKind.Refused;

    public static Value Of(string text) => new(ValueKind.Text, 0, text);

    public static Value Of(double number) => new(ValueKind.Number, number, null);

    public static Value Of(bool truth) => truth ? True : False;

    public static Value Of(Value[] items) => new(ValueKind.List, 1 + items.Sum(i => (double)i.Size), items);

    public static Value Of(Dictionary<string, Value> fields) => new(ValueKind.Object, 1 + fields.Sum(f => (double)f.Value.Size), fields);

    public static Value Refused(string refusal) => new(ValueKind.Refused, 0, refusal);

    /// <summary>Equal in kind and content: the number 1 is not the text "1", as in Casbin.</summary>
    public static bool AreEqual(in Value left, in Value right)
    {
        if (left.Kind != right.Kind)
        {
            return false;
        }

        return left.Kind switch
        {
            ValueKind.Text => string.Equals(left.Text, right.Text, StringComparison.Ordinal),
            ValueKind.Number or ValueKind.Truth => left.number.Equals(right.number),
            ValueKind.Nothing => true,
            ValueKind.List => HaveEqualItems(left.Items, right.Items),
            ValueKind.Object => HaveEqualFields(left.Fields, right.Fields),
            _ => false,
        };
    }

    private static bool HaveEqualItems(Value[] left, Value[] right)
    {
        for (var i = 0; i < left.Length && left.Length == right.Length; i++)
        {
            if (!AreEqual(left[i], right[i]))
            {
                return false;
            }
        }

        return left.Length == right.Length;
    }

    private static bool HaveEqualFields(Dictionary<string, Value> left, Dictionary<string, Value> right) =>
        left.Count == right.Count && left.All(f => right.TryGetValue(f.Key, out var other) && AreEqual(f.Value, other));
}
