using Dapper;

namespace Postern.Storage.Databases;

public static class ParameterList
{
    /// <summary>
    /// <c>(@n0, @n1, …)</c> with the values as parameters. Dapper writes lists differently for the two databases; this is
    /// the same on both. The list must not be empty.
    /// </summary>
    public static string AddList(this DynamicParameters parameters, string name, IEnumerable<string> values)
    {
        var names = new List<string>();
        foreach (var value in values)
        {
            var parameter = name + names.Count;
            parameters.Add(parameter, value);
            names.Add("@" + parameter);
        }

        return "(" + string.Join(", ", names) + ")";
    }
}
