import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { isThorough } from '../support/patience.ts';

/** What axe-core has to say against the page, in a line each. */
export async function complaints(page: Page): Promise<readonly string[]> {
  // As the page's policy lets no script in, it is evaluated from outside; it stays until the next page.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`,
  );
}

/**
 * Whether axe-core judges a page in this look: two of the four have both schemes and both widths; the long tests take all.
 * @param turn the number of a page of many, which is judged in one of the two
 */
export function isJudged(colorScheme: 'light' | 'dark', width: number, turn?: number): boolean {
  const isWide = width > 800;
  const isTurn = turn === undefined || (turn % 2 === 0) === isWide;
  return isThorough || ((colorScheme === 'dark') === isWide && isTurn);
}
