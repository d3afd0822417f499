// The table of docs/install.md: each platform that something is released for, and how it is tried before a release.
import { targets } from '../binary/targets.mjs';
import { checks } from './checks.mjs';
import { machines } from './machines.mjs';

/**
 * The platforms that the tests themselves run on.
 * @type {Readonly<Record<string, string>>}
 */
const own = {
  'linux-x64': 'the whole suite',
  'npm on Node.js for Linux':
    'the whole suite on Node.js 20; on 22, 24 and 26 the smoke test and a part of it',
};

/** The lines of the table. */
export function documented() {
  const names = [...Object.keys(targets), 'npm on Node.js for Linux', 'npm on Node.js for Windows'];
  const rows = names.map((name) => {
    if (own[name] !== undefined) return [name, '*run*', own[name]];
    const machine = machines[name];
    if (machine === undefined)
      return [name, '*form only*', 'the headers and the signature of the file; see below'];
    const tried = [
      ...Object.keys(checks).filter((check) => check !== 'signals' || !machine.isWindows),
      'prompts',
    ];
    const how = machine.how.startsWith('under emulation')
      ? `*run ${machine.how}*`
      : `*run* ${machine.how}`;
    return [
      name,
      how,
      [...tried, ...(machine.runsSuite ? ['the tests of pure code and files'] : [])].join(', '),
    ];
  });
  return [['platform', 'how', 'what'], ['---', '---', '---'], ...rows].map(
    (row) => `| ${row.join(' | ')} |`,
  );
}

const begin = '<!-- platforms: made by `npm run test:platforms -- --table` -->';
const end = '<!-- /platforms -->';

/**
 * The page with these lines between its two marks. Throws if it has none.
 * @param {string} page
 * @param {readonly string[]} lines
 */
export function withTable(page, lines) {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`The page has no ${begin}`);
  return `${page.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${page.slice(to)}`;
}
