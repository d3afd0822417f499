import { masked } from '../../../src/text/mask.ts';
import { onOneLine, printable, uncontrolled } from '../../../src/text/printable.ts';
import { Secret } from '../../../src/text/secret.ts';
import { plainWords } from '../../../src/text/words.ts';
import { bytesOf, written } from '../fixtures.ts';
import { mutateText } from '../mutate-text.ts';
import { requireHarmless, type Target, Violation } from '../target.ts';

/** A stranger's text, within a line, in a report and in a JSON document, and without its secrets. */
export const text: Target = {
  name: 'text',
  bytesLimit: 512 * 1024,
  seconds: 3,
  seeds: () =>
    written(
      'Access denied. [secret] is no password\n',
      '%5Bsecret%5D aGVsbG8= \\u0061 &#97;',
      'aaaaaaaaaaab',
    ),
  mutate: ({ bytes }, all, random) =>
    mutateText(bytes, bytesOf(all), ['a', '%61', '\\u0061', '&#97;', 'YWFh'], random),
  async judge(bytes) {
    const given = Buffer.from(bytes).toString('utf8');
    const start = given.length >> 1;
    const secrets = [given.slice(start, start + 12), given.slice(0, 5)].map((value) => new Secret(value));
    const words = plainWords(given, secrets);
    requireHarmless(words);
    if (/[\n\t]/.test(words) || words.length > 501) throw new Violation('is no message for one line');
    requireHarmless(onOneLine(given));
    requireHarmless(printable(uncontrolled(given)));
    if (JSON.parse(printable(JSON.stringify(given))) !== given)
      throw new Violation('is another JSON document');
    const rest = masked(given, secrets).replaceAll('[secret]', '\n\n');
    const shown = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= 4);
    if (shown.some((value) => !/[[\]\n]/.test(value) && rest.includes(value)))
      throw new Violation('shows a secret');
  },
};
