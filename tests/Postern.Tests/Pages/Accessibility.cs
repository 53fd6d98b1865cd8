using System.Text.Json;
using Microsoft.Playwright;
using Postern.Tests.Clients;

namespace Postern.Tests.Pages;

/// <summary>axe-core, held against the page that is shown: the rules of WCAG 2.2, levels A and AA.</summary>
public static class Accessibility
{
    private const string Run =
        """
        async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }))
          .violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))
        """;

    /// <summary>A menu that is still fading in has another contrast than the one that it will have. Spinners never end.</summary>
    private const string Settle =
        """
        async () => {
          for (let stillFrames = 0; stillFrames < 3;) {
            await new Promise(requestAnimationFrame);
            const moving = document.getAnimations().filter(a => a.playState === 'running' && a.effect?.getComputedTiming().endTime !== Infinity);
            stillFrames = moving.length === 0 ? stillFrames + 1 : 0;
            await Promise.all(moving.map(a => a.finished.catch(() => null)));
          }
        }
        """;

    public static async Task<string[]> ViolationsAsync(IPage page, NpmPackages packages)
    {
        await page.EvaluateAsync(Settle);
        // Evaluated from outside: the page's own policy allows no script, and stays as it is.
        await page.EvaluateAsync(await packages.ReadAsync("axe-core/axe.min.js"));
        return (await page.EvaluateAsync<JsonElement>(Run)).EnumerateArray().Select(v => v.GetString()!).ToArray();
    }
}
