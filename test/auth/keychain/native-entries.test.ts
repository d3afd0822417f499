import { beforeEach, expect, test, vi } from 'vitest';
import { nativeEntries } from '../../../src/auth/keychain/serve.ts';

/** What the system has, by service and name; and what each entry was opened with. */
const system = vi.hoisted(() => ({ held: new Map<string, string>(), opened: [] as unknown[] }));

vi.mock('@napi-rs/keyring', () => ({
  AsyncEntry: class {
    readonly #key: string;
    constructor(service: string, name: string, options: unknown) {
      this.#key = `${service}/${name}`;
      system.opened.push(options);
    }
    getPassword = async () => system.held.get(this.#key);
    setPassword = async (text: string) => void system.held.set(this.#key, text);
    deleteCredential = async () => system.held.delete(this.#key);
  },
}));

beforeEach(() => {
  system.held.clear();
  system.opened.length = 0;
});

test('an entry has its name and text under the service mfa-cli', async () => {
  const entries = await nativeEntries();
  await entries.set('a.0', 'text');
  expect([...system.held]).toEqual([['mfa-cli/a.0', 'text']]);
  expect(await entries.get('a.0')).toBe('text');
});

test('what is not there is null, and can be deleted', async () => {
  const entries = await nativeEntries();
  expect(await entries.get('a')).toBeNull();
  await entries.delete('a');
});

test('no other entry is deleted, nor that of another program', async () => {
  const entries = await nativeEntries();
  await entries.set('a', 'x');
  await entries.set('b', 'y');
  system.held.set('other/a', 'z');
  expect(await entries.delete('a')).toBeUndefined();
  expect([...system.held]).toEqual([
    ['mfa-cli/b', 'y'],
    ['other/a', 'z'],
  ]);
});

test('Linux keeps them in the Secret Service, not in the keyring of the kernel', async () => {
  const entries = await nativeEntries();
  await entries.set('a', 'x');
  await entries.get('a');
  await entries.delete('a');
  expect(system.opened).toEqual(Array(3).fill({ linux: { store: 'secret-service' } }));
});
