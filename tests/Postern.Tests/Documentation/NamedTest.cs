using System.Reflection;
using Xunit;

namespace Postern.Tests.Documentation;

/// <summary>A test as a page of documentation names it: <c>RefreshTests.A_scope_never_widens</c>.</summary>
internal static class NamedTest
{
    public static bool Exists(string name) => name.Split('.') is [var type, var method] && typeof(NamedTest).Assembly.GetTypes()
        .Where(t => t.Name == type).Any(t => t.GetMethod(method, BindingFlags.Instance | BindingFlags.Public)?.IsDefined(typeof(FactAttribute)) == true);
}
