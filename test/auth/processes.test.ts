import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProfileStore } from '../../src/auth/profile.ts';
import { noProfiles, profileNamed } from '../../src/auth/profiles.ts';
import { bundlePrograms } from '../support/bundle.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openStore, sessionAt, withSession } from './examples.ts';
import { type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';

let directory: string;
let store: ProfileStore;
let tenant: ScriptedTenant;
let warnings: string[];

const programs = temporaryDirectory();
beforeAll(async () => {
  await bundlePrograms(
    [fileURLToPath(new URL('processes/store-user.ts', import.meta.url))],
    programs,
  );
});

beforeEach(async () => {
  directory = temporaryDirectory();
  warnings = [];
  store = openStore(directory, (text) => warnings.push(text));
  tenant = await startScriptedTenant();
});
afterEach(async () => {
  await tenant.close();
});

const start = (program: string): ChildProcess =>
  spawn(process.execPath, [join(programs, 'store-user.mjs'), program, directory, tenant.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return text;
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

test('four processes with an expired session renew it once, also after one was killed in the middle', async () => {
  const expired = withSession(noProfiles, 'default', sessionAt(tenant.url));
  const before = await store.update(() => expired);
  const holder = start('hold');
  await once(holder.stdout as NodeJS.EventEmitter, 'data');
  await kill(holder);
  const began = performance.now();
  expect(await store.update((profiles) => profiles)).toEqual(before);
  expect(performance.now() - began).toBeLessThan(10_000 * patience);
  const renewed = Array.from({ length: 4 }, () => output(start('renew')));
  expect(await Promise.all(renewed)).toEqual(Array(4).fill('access-1'));
  expect(tenant.forms.map(({ form }) => form.refresh_token)).toEqual(['refresh-0']);
  expect(profileNamed(await store.read(), 'default').session).toMatchObject({
    refreshToken: 'refresh-1',
  });
  expect(await readdir(directory)).toEqual(['config.json']);
}, 60_000);

test('a process killed in the middle of a write leaves the old file or the new one', async () => {
  for (let round = 0; round < 2; round++) {
    const writer = start('write');
    await once(writer.stdout as NodeJS.EventEmitter, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    await kill(writer);
    expect((await store.read()).current).toMatch(/^(\d)\1{999999}$/);
    await rm(`${store.path}.lock`, { recursive: true, force: true });
  }
  await store.update((profiles) => ({ ...profiles, current: 'x' }));
  expect([warnings, await readdir(directory)]).toEqual([[], ['config.json']]);
}, 60_000);
