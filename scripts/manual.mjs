// The man page, as build.mjs bundles and writes it: Node.js 20 runs no TypeScript.
import { createBareProgram } from '../src/cli.ts';
import { formatManual } from '../src/reference/manual.ts';
import { readCommandTree } from '../src/reference/command-tree.ts';
import { version } from '../src/version.ts';

export const manual = formatManual(readCommandTree(createBareProgram()), version);
