// Makes the transcript of the demo the same on every run: another value of the same shape for each that was made by chance.
import { createHash } from 'node:crypto';

/** The moment at which the demo seems to begin. */
const beginning = Date.UTC(2026, 10, 25, 10);
const [hour, day] = [3_600_000, 86_400_000];

/** Identifiers, fingerprints and serial numbers, in either case; what an address or a push carries. */
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
 * @param ports the ports that were found free, in the order of the ones that the page shows, from 38450 on
 * @param start when the demo began, in milliseconds
 */
export function steady(transcript, ports, start) {
  const known = new Map();
  return transcript
    .replace(/(?<=:|%3A)\d{4,5}\b/g, (port) =>
      ports.includes(Number(port)) ? String(38450 + ports.indexOf(Number(port))) : port,
    )
    .replace(byChance, (value, ...rest) => {
      if (!known.has(value)) known.set(value, likeness(value, rest.at(-1), known.size));
      return known.get(value);
    })
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => {
      const hours = Math.round((Date.parse(time) - start) / hour);
      const text = new Date(beginning + hours * hour).toISOString();
      return time.includes('.') ? text : text.replace('.000', '');
    })
    .replace(/\b\d{4}-\d\d-\d\d\b(?!T)/g, (date) => {
      const days = Math.floor(Date.parse(date) / day) - Math.floor(start / day);
      return new Date(beginning + days * day).toISOString().slice(0, 10);
    });
}

/** A value of the same length and letters, which its place in the transcript alone decides. */
function likeness(value, { upper, letters }, place) {
  const digits = createHash('sha512')
    .update(`${place}`)
    .digest(letters === undefined ? 'hex' : 'base64url');
  if (letters !== undefined) return digits.slice(0, value.length);
  const text = upper === undefined ? digits : digits.toUpperCase();
  return [...value].map((letter, index) => (letter === '-' ? '-' : text[index])).join('');
}
