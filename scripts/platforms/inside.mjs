// Tries the checks from within a platform that has a Node.js of its own, such as Windows: `inside.mjs FOLDER`. FOLDER has `given.json`,
// what `createMachine` is given; the rows are written to `rows.json` beside it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checks, createMachine, tryChecks } from './checks.mjs';

const [, , folder = ''] = process.argv;
const given = JSON.parse(await readFile(join(folder, 'given.json'), 'utf8'));
const rows = await tryChecks(checks, createMachine(given, folder));
await writeFile(join(folder, 'rows.json'), JSON.stringify(rows));
