import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a .p12 of test/fixtures/p12: `p12Path('01-default-aes256')`. */
export function p12Path(name: string): string {
  return fileURLToPath(new URL(`../fixtures/p12/${name}.p12`, import.meta.url));
}

export function p12Bytes(name: string): Buffer {
  return readFileSync(p12Path(name));
}

/** The password of most fixtures. */
export const secretPassword = { MFA_CLI_P12_PASSWORD: 'secret' };
