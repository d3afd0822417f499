import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { eachLook } from '../../scripts/screenshots/walk.mjs';

/** The complaints of axe-core about the page, a line each. */
async function complaints(page: Page): Promise<readonly string[]> {
  // As the page's policy lets no script in, it is evaluated from outside; it stays until the next page.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`,
  );
}

/**
 * In the page: everything that is drawn on something else, is cut, or does not fit. A line may end in an ellipsis where there is
 * no room beside it and its title has it whole.
 */
const layoutFaults = `(() => {
  const name = (element) => element.tagName.toLowerCase() + [...element.classList].map((word) => '.' + word).join('') + ' "' + element.textContent.trim().slice(0, 30) + '"';
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && element.closest('.unseen, .notice, option, title') === null;
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push('the page is ' + scrollWidth + ' wide');

  const parts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: text } = walker;
    const element = text.parentElement;
    if (text.data.trim() === '' || element.closest('script, style') !== null || !isSeen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const frame = element.closest('bdi')?.getBoundingClientRect();
    for (const { left, right, top, bottom } of range.getClientRects())
      parts.push({ element, left, right: Math.min(right, frame?.right ?? right), top: top + 2, bottom: bottom - 2 });
    const home = element.closest('.card, .phone, main')?.getBoundingClientRect();
    if (home !== undefined && parts.some((part) => part.element === element && (part.right > home.right + 1 || part.left < home.left - 1)))
      faults.push(name(element) + ' is outside of its box');
  }
  for (const element of document.querySelectorAll('button, input, select, .tag, .icon, .bar')) {
    if (!isSeen(element)) continue;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    parts.push({ element, left, right, top, bottom });
  }
  parts.sort((one, other) => one.top - other.top);
  for (const [index, one] of parts.entries())
    for (const other of parts.slice(index + 1)) {
      if (other.top >= one.bottom - 1) break;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      if (one.right > other.left + 1 && other.right > one.left + 1) faults.push(name(one.element) + ' is on ' + name(other.element));
    }

  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (style.overflowX === 'visible' && style.overflowY === 'visible' || !isSeen(element) || element.matches('input, select')) continue;
    if (element.scrollHeight > element.clientHeight + 1 && style.display !== 'inline') faults.push(name(element) + ' is cut at its foot');
    if (element.scrollWidth <= element.clientWidth + 1) continue;
    const box = element.getBoundingClientRect();
    const edges = [...element.parentElement.children]
      .map((other) => other.getBoundingClientRect())
      .filter((other) => other.left >= box.right - 1 && other.top < box.bottom && other.bottom > box.top)
      .map(({ left }) => left);
    const space = Math.min(element.parentElement.getBoundingClientRect().right, ...edges) - box.right;
    if (style.textOverflow !== 'ellipsis' || element.title === '' || space > 16) faults.push(name(element) + ' is cut beside ' + Math.round(space) + ' pixels');
  }
  return faults;
})()`;

/** Makes text twice as large, as browsers can that leave all else. */
const twiceAsLarge = `(() => {
  const all = [...document.querySelectorAll('main *')];
  const sizes = all.map((element) => parseFloat(getComputedStyle(element).fontSize));
  all.forEach((element, index) => { element.style.fontSize = 2 * sizes[index] + 'px'; });
})()`;

const grounds = { light: 'rgb(251, 251, 250)', dark: 'rgb(19, 20, 22)' };

/** Looks at pages in three ways that have both schemes and three widths; the long tests take every way. */
export function createLooks() {
  const found: string[] = [];
  return {
    found: found as readonly string[],
    /** Looks at the page as it is. @param open lets it be drawn anew at each width */
    async at(
      page: Page,
      name: string,
      open: () => Promise<unknown> = async () => {},
    ): Promise<void> {
      const note = (faults: readonly string[], ...way: readonly unknown[]) =>
        found.push(...faults.map((fault) => `${[name, ...way].join(', ')}: ${fault}`));
      const look = async (scheme: 'light' | 'dark', width: number): Promise<void> => {
        await open();
        note((await page.evaluate(layoutFaults)) as readonly string[], scheme, width);
        const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        if (ground !== grounds[scheme]) note([`it stands on ${ground}`], scheme, width);
        note(await complaints(page), scheme, width);
      };
      await eachLook(page, look);
      const primary = await page.locator('button.primary:visible, a.primary:visible').count();
      if (primary > 1) note([`${primary} primary buttons`]);
    },
    /** Looks at it with text twice as large, after which it stays so. */
    async large(page: Page, name: string, width: number): Promise<void> {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(twiceAsLarge);
      const faults = (await page.evaluate(layoutFaults)) as readonly string[];
      found.push(...faults.map((fault) => `${name}, large, ${width}: ${fault}`));
    },
  };
}
