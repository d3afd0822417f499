// Prints the options of every command as a table, from `mfa-cli help --json` on stdin:
// `mfa-cli help --json | node options-table.mjs`, or `mfa-cli help apns set --json | …` for one command.
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Command
 * @property {string} path
 * @property {{ term: string, help: string }[]} options
 * @property {Command[]} commands
 */

/** @type {{ program: string, command: Command, globalOptions: { term: string, help: string }[] }} */
const { program, command, globalOptions } = JSON.parse(readFileSync(0, 'utf8'));

for (const { path, options } of withAllBelow(command)) {
  // Every command also has the program's own options.
  const all = path === '' ? options : [...options, ...globalOptions];
  const width = Math.max(...all.map(({ term }) => term.length));
  const rows = all.map(({ term, help }) => `  ${term.padEnd(width)}  ${help}\n`);
  process.stdout.write(`${`${program} ${path}`.trim()}\n${rows.join('')}\n`);
}

/**
 * @param {Command} one
 * @returns {Command[]}
 */
function withAllBelow(one) {
  return [one, ...one.commands.flatMap(withAllBelow)];
}
