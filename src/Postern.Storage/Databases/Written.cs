namespace Postern.Storage.Databases;

/// <summary>What a write function decided: keep its statements, or undo all of them and still answer.</summary>
public readonly record struct Written<T>(T Value, bool IsKept);

public static class Written
{
    public static Written<T> Commit<T>(T value) => new(value, true);

    /// <summary>A condition did not hold: nothing of this write stays.</summary>
    public static Written<T> Rollback<T>(T value) => new(value, false);
}
