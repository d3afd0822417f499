// CHANGELOG.md as dpkg and rpm have a changelog: an entry for each version, newest first.
import { readFileSync } from 'node:fs';
import { root } from '../program.mjs';
import { project, sortableVersion } from './project.mjs';

const maintainer = `${project.owner} <${project.owner}@users.noreply.github.com>`;

/** Each version; what is not released yet is this one, of the day of SOURCE_DATE_EPOCH. */
function releases() {
  const [, ...parts] = readFileSync(`${root}CHANGELOG.md`, 'utf8').split(/^## /m);
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    const [, version = project.version, day] = /^(\d\S*) \((\d{4}-\d\d-\d\d)\)$/.exec(title) ?? [];
    const date = new Date(
      day === undefined ? Number(process.env.SOURCE_DATE_EPOCH) * 1000 : `${day}T00:00:00Z`,
    );
    return { version: sortableVersion(version), date, items: itemsOf(lines.join('\n')) };
  });
}

/**
 * Each point and each paragraph on one line, without the marks of Markdown.
 * @param {string} text
 */
function itemsOf(text) {
  return text
    .split(/\n(?=\s*- )|\n{2,}/)
    .map((item) => item.replace(/^\s*- /, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    .map((item) => item.replaceAll(/[`*]/g, '').replaceAll(/\s+/g, ' ').trim())
    .filter((item) => item !== '');
}

/** @see https://www.debian.org/doc/debian-policy/ch-source.html#s-dpkgchangelog */
export function debianChangelog() {
  const entries = releases().map(({ version, date, items }) => {
    const points = items.map((item) => wrapped(item, '  * ', '    ')).join('\n');
    const time = date.toUTCString().replace('GMT', '+0000');
    return `${project.name} (${version}) stable; urgency=medium\n\n${points}\n\n -- ${maintainer}  ${time}\n`;
  });
  return entries.join('\n');
}

/** @see https://rpm-software-management.github.io/rpm/manual/spec.html */
export function rpmChangelog() {
  const entries = releases().map(({ version, date, items }) => {
    const [weekday, day, month, year] = date.toUTCString().replace(',', '').split(' ');
    // A percent sign begins a macro.
    const points = items.map((item) => wrapped(item.replaceAll('%', '%%'), '- ', '  ')).join('\n');
    return `* ${weekday} ${month} ${day} ${year} ${maintainer} - ${version}-1\n${points}\n`;
  });
  return entries.join('\n');
}

/**
 * Lines of 78 columns; a longer word has its own.
 * @param {string} text
 * @param {string} first begins the first line
 * @param {string} others
 */
function wrapped(text, first, others) {
  const lines = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > 78) {
      lines.push(line);
      line = others;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
