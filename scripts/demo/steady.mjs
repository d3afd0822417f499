// Makes the demo's transcript the same on every run: replaces each random value with another of the same shape.
import { createHash } from 'node:crypto';

/** When the demo appears to begin. */
const beginning = Date.UTC(2026, 10, 25, 10);
const [hour, day] = [3_600_000, 86_400_000];

/** Identifiers, fingerprints and serial numbers, in either case; values in addresses and pushes. */
const byChance = new RegExp(
  [
    /(?<upper>\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b)/,
    /(?<lower>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,64}\b)/,
    /(?<letters>(?<=[?&](?:state|code_challenge)=)[\w-]+|(?<=^Challenge +)[\w-]+)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);

/**
 * @param {string} transcript
 * @param {readonly number[]} ports the free ones that were found, in the order of those on the page, from 38450
 * @param {number} start when the demo began, in milliseconds
 */
export function steady(transcript, ports, start) {
  /** @type {Map<string, string>} */
  const known = new Map();
  return (
    transcript
      .replace(/(?<=:|%3A)\d{4,5}\b/g, (port) =>
        ports.includes(Number(port)) ? String(38450 + ports.indexOf(Number(port))) : port,
      )
      .replace(/(?<=number (?:on your phone|to match): )\d\d\b/gi, '42')
      .replace(/(?<=^Answered +after )\d+(?= s$)/gm, '2')
      // A tenant that fails is told while the record of the one before is written.
      .replace(/(?:^[✓✗!] tenant-\d+: .*\n)+/gm, inOrder)
      .replace(byChance, (value, ...rest) => {
        const same = known.get(value) ?? likeness(value, rest.at(-1), known.size);
        known.set(value, same);
        return same;
      })
      .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => {
        const hours = Math.round((Date.parse(time) - start) / hour);
        const text = new Date(beginning + hours * hour).toISOString();
        return time.includes('.') ? text : text.replace('.000', '');
      })
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\dZ(?= \(in (\d+) h\))/g, (_time, hours) =>
        new Date(beginning + hours * hour)
          .toISOString()
          .replace('T', ' ')
          .replace(/:\d\d\.\d+/, ''),
      )
      .replace(/\b\d{4}-\d\d-\d\d\b(?!T| \d\d:\d\dZ)/g, (date) => {
        const days = Math.floor(Date.parse(date) / day) - Math.floor(start / day);
        return new Date(beginning + days * day).toISOString().slice(0, 10);
      })
  );
}

/**
 * Lines in the order of their tenants.
 * @param {string} lines each with its line break
 */
function inOrder(lines) {
  const byTenant = lines.split('\n').slice(0, -1);
  byTenant.sort((one, other) => (one.slice(2) < other.slice(2) ? -1 : 1));
  return byTenant.map((line) => `${line}\n`).join('');
}

/**
 * A value with the same length and letters, determined only by its position in the transcript.
 * @param {string} value
 * @param {{ upper?: string, letters?: string }} groups
 * @param {number} place
 */
function likeness(value, { upper, letters }, place) {
  const digits = createHash('sha512')
    .update(`${place}`)
    .digest(letters === undefined ? 'hex' : 'base64url');
  if (letters !== undefined) return digits.slice(0, value.length);
  const text = upper === undefined ? digits : digits.toUpperCase();
  return [...value].map((letter, index) => (letter === '-' ? '-' : text[index])).join('');
}
