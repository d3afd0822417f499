// Draws what a program printed in a terminal, colors included, as SVG: light or dark as the page around it is.
import { wrapAnsi } from 'fast-wrap-ansi';

const columns = 92;
const [character, line, margin] = [8.43, 20, 20];
/**
 * The class that each code begins, of those that the program prints (ECMA-48 §8.3.117).
 * @type {Readonly<Record<number, string>>}
 */
const classes = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' };
/**
 * The classes that each code ends.
 * @type {Readonly<Record<number, readonly string[]>>}
 */
const ends = {
  0: Object.values(classes),
  22: ['bold', 'dim'],
  39: ['red', 'green', 'yellow', 'cyan'],
};
const style = `
svg { --back: #ffffff; --edge: #d0d7de; --text: #1f2328; --dim: #59636e; --red: #b31d28; --green: #116329; --yellow: #7d4e00; --cyan: #0b5563; }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --edge: #3d444d; --text: #e6edf3; --dim: #9198a1; --red: #ff7b72; --green: #3fb950; --yellow: #d29922; --cyan: #39c5cf; }
}
rect { fill: var(--back); stroke: var(--edge); }
text { fill: var(--text); font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; white-space: pre; }
.bold { font-weight: bold; }
.dim { fill: var(--dim); }
.red { fill: var(--red); }
.green { fill: var(--green); }
.yellow { fill: var(--yellow); }
.cyan { fill: var(--cyan); }
`;

/**
 * @param {string} text
 * @param {string} title what it shows, for whoever does not see it
 */
export function terminalSvg(text, title) {
  const lines = text.trimEnd().split('\n').flatMap(wrapped);
  const [width, height] = [
    Math.ceil(columns * character + 2 * margin),
    lines.length * line + 2 * margin,
  ];
  /** @type {Set<string>} */
  const active = new Set();
  const rows = lines.map((row, index) => {
    const y = margin + line * index + 14;
    return `<text x="${margin}" y="${y}">${spans(row, active)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title>
<style>${style}</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${rows.join('\n')}
</svg>
`;
}

/**
 * As the program wraps in a terminal: below the text behind the blanks and the mark that a line begins with.
 * @param {string} line
 */
function wrapped(line) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are part of a line
  const [lead = ''] = /^(?:\x1b\[\d+m| )*(?:(?:[✓!✗i]|\d+\.)(?:\x1b\[\d+m)? )?/.exec(line) ?? [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  const indent = lead.replace(/\x1b\[\d+m/g, '').length;
  const [first = '', ...below] = wrapAnsi(line.slice(lead.length), columns - indent, {
    trim: false,
  }).split('\n');
  return [lead + first, ...below.map((words) => ' '.repeat(indent) + words.trimStart())];
}

/**
 * The parts of a line in their colors; what is not ended goes on in the next line.
 * @param {string} row
 * @param {Set<string>} active
 */
function spans(row, active) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how a color begins.
  const parts = row.split(/\x1b\[([\d;]*)m/);
  return parts
    .map((part, index) => (index % 2 === 0 ? span(part, active) : obey(part, active)))
    .join('');
}

/**
 * @param {string} codes
 * @param {Set<string>} active
 */
function obey(codes, active) {
  for (const code of codes.split(';').map(Number)) {
    const begun = classes[code];
    if (begun !== undefined) active.add(begun);
    else for (const name of ends[code] ?? []) active.delete(name);
  }
  return '';
}

/**
 * @param {string} part
 * @param {ReadonlySet<string>} active
 */
function span(part, active) {
  if (part === '') return '';
  const text = escapeXml(part);
  return active.size === 0 ? text : `<tspan class="${[...active].join(' ')}">${text}</tspan>`;
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
