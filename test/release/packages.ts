import { createRequire } from 'node:module';
import { installLocked } from '../../scripts/locked-packages.mjs';

/** Resolves the packages of this folder's own lock. */
export const requireLocked: NodeJS.Require = createRequire(installLocked('test/release'));

/** What Vitest runs before the tests: the packages are there. */
export function setup(): void {}
