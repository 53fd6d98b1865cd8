namespace Postern.Casbin.Expressions;

/// <summary>What names mean in an expression.</summary>
/// <param name="Request">The fields of <c>r</c>.</param>
/// <param name="Policy">The fields of <c>p</c>.</param>
/// <param name="Roles">The role definitions: name to number of places.</param>
/// <param name="MayEval">Whether <c>eval</c> may be called: in the matcher, not in what it evaluates.</param>
internal sealed record Names(IReadOnlyList<string> Request, IReadOnlyList<string> Policy, IReadOnlyDictionary<string, int> Roles, bool MayEval);

/// <param name="Root">The whole of it.</param>
/// <param name="UsesPolicy">Whether a field of the policy is in it; without one, it has the same value for every policy.</param>
/// <param name="Rules">The fields of the policy that it evaluates.</param>
/// <param name="Steps">What evaluating it costs at most: a step for each of its words, more for a function of patterns.</param>
internal sealed record Expression(Node Root, bool UsesPolicy, IReadOnlyCollection<int> Rules, int Steps);

/// <summary>
/// Reads an expression: <c>||</c> binds less than <c>&amp;&amp;</c>, that less than comparisons and <c>in</c>, then
/// <c>+ -</c>, <c>* /</c>, and the prefixes <c>! -</c>.
/// </summary>
internal sealed class ExpressionReader
{
    /// <summary>How deep an expression may nest: it is read and evaluated by recursion.</summary>
    public const int Deepest = 100;

    private const int StepsOfPattern = 30;

    private readonly List<Token> tokens;
    private readonly Names names;
    private readonly HashSet<int> rules = [];
    private int at;
    private int depth;
    private int chained;
    private int patternCalls;
    private bool usesPolicy;
    private string? refusal;

    private ExpressionReader(List<Token> tokens, Names names) => (this.tokens, this.names) = (tokens, names);

    private Token Next => tokens[at];

    public static Reading<Expression> Read(string text, Names names)
    {
        if (Tokens.Read(text).IsRefused(out var unreadable, out var tokens))
        {
            return Reading<Expression>.Refused(unreadable);
        }

        var reader = new ExpressionReader(tokens, names);
        var root = reader.Or();
        if (reader.Next.Kind != TokenKind.End)
        {
            reader.Refuse($"nothing is expected at character {reader.Next.Position}, where {Shown.Short(reader.Next.Text)} stands");
        }

        return reader.refusal is { } refusal ? Reading<Expression>.Refused(refusal) : new Expression(root, reader.usesPolicy, reader.rules, tokens.Count + (StepsOfPattern * reader.patternCalls));
    }

    private Node Or() => Chain("||", And, parts => new Some(parts));

    private Node And() => Chain("&&", Comparison, parts => new Every(parts));

    private Node Comparison() => Operators(Sum, Compare);

    private Node Sum() => Operators(Product, (left, symbol) => symbol is "+" or "-" ? new Arithmetic(left, Taken(Product), symbol[0]) : null);

    private Node Product() => Operators(Prefix, (left, symbol) => symbol is "*" or "/" ? new Arithmetic(left, Taken(Prefix), symbol[0]) : null);

    private Node? Compare(Node left, string symbol) => symbol switch
    {
        "==" or "!=" => new Equality(left, Taken(Sum), symbol == "=="),
        "<" or "<=" or ">" or ">=" => new Order(left, Taken(Sum), symbol),
        "in" or "IN" => new Among(left, TakenItems()),
        _ => null,
    };

    /// <summary>Many sides of one operator are one node: a long chain does not nest.</summary>
    private Node Chain(string symbol, Func<Node> side, Func<Node[], Node> joined)
    {
        var first = side();
        if (!IsSymbol(symbol))
        {
            return first;
        }

        var parts = new List<Node> { first };
        while (IsSymbol(symbol))
        {
            at++;
            parts.Add(side());
        }

        return joined([.. parts]);
    }

    /// <summary>From the left. Each operator after the first nests what stands before it one deeper, so there may not be many.</summary>
    private Node Operators(Func<Node> side, Func<Node, string, Node?> joined)
    {
        var node = side();
        for (var first = true; Next.Kind is TokenKind.Symbol or TokenKind.Name && joined(node, Next.Text) is { } more; first = false)
        {
            node = first || ++chained <= Deepest ? more : Refuse($"it has chains of more than {Deepest} operators");
        }

        return node;
    }

    private Node Taken(Func<Node> side)
    {
        at++;
        return side();
    }

    private Node[] TakenItems()
    {
        at++;
        if (IsSymbol("[") || IsSymbol("("))
        {
            return Items(IsSymbol("[") ? "]" : ")");
        }

        return [Prefix()];
    }

    private Node Prefix()
    {
        if (++depth > Deepest)
        {
            return Refuse($"it has more than {Deepest} levels");
        }

        var node = IsSymbol("!") ? new Not(Taken(Prefix)) : IsSymbol("-") ? new Negative(Taken(Prefix)) : Operand();
        depth--;
        return node;
    }

    private Node Operand()
    {
        var token = Next;
        switch (token.Kind)
        {
            case TokenKind.Text:
                at++;
                return new Literal(Value.Of(token.Text));
            case TokenKind.Number:
                at++;
                return new Literal(Value.Of(token.Number));
            case TokenKind.Name:
                at++;
                return IsSymbol("(") ? Call(token) : Named(token);
            case TokenKind.Symbol when token.Text == "(":
                at++;
                var inner = Or();
                return Expect(")") ?? inner;
            default:
                return Refuse($"a value is missing at character {token.Position}, before {token.Text}");
        }
    }

    private Node Named(Token token)
    {
        if (token.Text is "true" or "false")
        {
            return new Literal(Value.Of(token.Text == "true"));
        }

        var parts = token.Text.Split('.');
        if (parts.Length < 2 || parts[0] is not ("r" or "p"))
        {
            return Refuse($"the name {Shown.Short(token.Text)} at character {token.Position} is unknown: names begin with r. or p.");
        }

        var fields = parts[0] == "r" ? names.Request : names.Policy;
        var index = IndexOf(fields, parts[1]);
        if (index < 0)
        {
            return Refuse($"{Shown.Short(token.Text)} at character {token.Position} is no field of {(parts[0] == "r" ? "the request_definition" : "the policy_definition")}");
        }

        if (parts.Skip(2).Any(p => p.Length == 0) || (parts[0] == "p" && parts.Length > 2))
        {
            return Refuse($"{Shown.Short(token.Text)} at character {token.Position} is no field: {(parts[0] == "p" ? "those of a policy are texts" : "a name is missing")}");
        }

        if (parts[0] == "r")
        {
            return new RequestField(index, parts[2..]);
        }

        usesPolicy = true;
        return new PolicyField(index);
    }

    private Node Call(Token name)
    {
        if (name.Text == "eval")
        {
            return Eval(name);
        }

        var arguments = Items(")");
        if (refusal is not null)
        {
            return new Literal(default);
        }

        if (names.Roles.TryGetValue(name.Text, out var places))
        {
            return arguments.Length == places ? new RoleCall(name.Text, arguments) : WrongCount(name, places, arguments.Length);
        }

        if (Functions.Find(name.Text) is { } function)
        {
            patternCalls++;
            return arguments.Length == Functions.Arguments ? new FunctionCall(name.Text, function, arguments[0], arguments[1]) : WrongCount(name, Functions.Arguments, arguments.Length);
        }

        return Refuse($"the function {Shown.Short(name.Text)} at character {name.Position} is not supported");
    }

    /// <summary>Of a policy's field only: a request never brings expressions along.</summary>
    private Node Eval(Token name)
    {
        at++;
        var field = Next;
        var parts = field.Kind == TokenKind.Name ? field.Text.Split('.') : [];
        var index = parts is ["p", var one] ? IndexOf(names.Policy, one) : -1;
        if (!names.MayEval || index < 0)
        {
            return Refuse(names.MayEval ? $"eval at character {name.Position} takes one field of the policy" : "eval cannot stand in what is evaluated");
        }

        at++;
        usesPolicy = true;
        rules.Add(index);
        return Expect(")") is { } missing ? missing : new PolicyRule(index);
    }

    /// <summary>What stands between the bracket that is next and the one that closes it.</summary>
    private Node[] Items(string closing)
    {
        var items = new List<Node>();
        at++;
        if (++depth > Deepest)
        {
            Refuse($"it has more than {Deepest} levels");
        }
        else if (!IsSymbol(closing))
        {
            items.Add(Or());
            while (IsSymbol(","))
            {
                at++;
                items.Add(Or());
            }
        }

        Expect(closing);
        depth--;
        return [.. items];
    }

    private Literal? Expect(string symbol)
    {
        if (!IsSymbol(symbol))
        {
            return Refuse($"{symbol} is missing at character {Next.Position}, before {Shown.Short(Next.Text)}");
        }

        at++;
        return null;
    }

    private bool IsSymbol(string symbol) => Next.Kind == TokenKind.Symbol && Next.Text == symbol;

    private Literal WrongCount(Token name, int expected, int given) =>
        Refuse($"{Shown.Short(name.Text)} at character {name.Position} takes {expected} arguments, and {given} are given");

    /// <summary>The first refusal counts; reading goes to the end.</summary>
    private Literal Refuse(string why)
    {
        refusal ??= why;
        at = tokens.Count - 1;
        return new Literal(default);
    }

    private static int IndexOf(IReadOnlyList<string> fields, string name)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i] == name && name.Length > 0)
            {
                return i;
            }
        }

        return -1;
    }
}
