import { fileURLToPath } from 'node:url';

/** The path of a file of test/fixtures/apple: `applePath('aps.cer')`. */
export function applePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/apple/${name}`, import.meta.url));
}
