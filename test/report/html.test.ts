import { expect, test } from 'vitest';
import {
  markup,
  renderDocument,
  renderPage,
  rows,
  sourceOf,
  strictPolicy,
  stylesheet,
  stylesheetSource,
} from '../../src/report/html.ts';

const hostile = `"><script>'&`;
const harmless = '&#34;&#62;&#60;script&#62;&#39;&#38;';

test('every text of a page is escaped, in its attributes as well', () => {
  const page = renderPage({
    heading: hostile,
    mark: 'bad',
    lead: hostile,
    body: rows([[hostile, markup`<code>${hostile}</code>`]]),
    banner: hostile,
    brand: hostile,
    home: hostile,
  });
  expect(page).not.toContain('<script');
  // The heading and the brand stand in the title as well.
  expect(page.split(harmless)).toHaveLength(10);
  expect(page).toContain(`<a href="${harmless}">${harmless}</a>`);
});

test('a page has only the parts that it is given', () => {
  const page = renderPage({ heading: 'Done', brand: 'mfa-cli' });
  expect(page).toContain('<title>Done - mfa-cli</title>');
  expect(page).toContain('<p class="brand">mfa-cli</p>');
  for (const part of ['class="mark', 'class="lead"', 'class="banner"', '<a '])
    expect(page).not.toContain(part);
  expect(renderDocument({ title: 'Done', body: markup`Text` })).not.toContain('<style');
});

test('a page gets nothing from elsewhere, and its links lead where they say', () => {
  const policy = strictPolicy.split('; ').map((directive) => directive.split(' '));
  expect(Object.fromEntries(policy)).toMatchObject({
    'default-src': "'none'",
    'base-uri': "'none'",
    'img-src': 'data:',
  });
  const page = renderPage({ heading: 'Done', brand: 'mfa-cli' });
  expect(page.match(/(?:src|href)="[^"]*"/g)).toEqual(['href="data:,"']);
  const [, styles = ''] = /<style>(.*)<\/style>/s.exec(page) ?? [];
  expect([styles, sourceOf(styles)]).toEqual([stylesheet, stylesheetSource]);
  expect(styles).not.toMatch(/url\(|@import/);
});
