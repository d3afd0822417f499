import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe-core has to say against the page, in a line each. */
export async function complaints(page: Page): Promise<readonly string[]> {
  // As the page's policy lets no script in, it is evaluated from outside.
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`,
  );
}
