namespace Postern.Directory.Objects.Kinds;

/// <summary>Form: a table's columns in the console.</summary>
internal static class FormKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("form", "forms", "Form",
            """
            owner N, name N, createdTime S, displayName S, type S, tag S, formItems FormItem[]
            """) with
    {
        IsKeptOnly = true,
        AnswersTruth = true,
    };
}
