import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { recordToWrite } from '../../../src/commands/fleet/record-place.ts';
import type { FleetTrust } from '../../../src/commands/fleet/trust.ts';
import { createMachine } from '../../support/context.ts';
import { startFleet } from '../../support/fleet.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const cloneTest = test.skipIf(process.platform === 'win32' || isMissing('git'));

/** A key that a shell would run, if it read the record as a script. */
const key = '$(touch ran)';
const record = 'mfa-fleet.ledger.jsonl';

function git(directory: string, ...words: readonly string[]): void {
  const identity = ['-c', 'user.name=Mallory', '-c', 'user.email=mallory@example.com'];
  execFileSync('git', [...identity, ...words], {
    cwd: directory,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: '1' },
  });
}

/**
 * A home with a clone of a repository, whose author planted links beside its fleet file
 * or below: they lead to a file of the home that is not there.
 */
async function cloned(...links: readonly string[]) {
  const origin = await startFleet(1);
  const { directory } = origin;
  origin.edit('certificate: app,', `certificate: app, client-app-key: "${key}",`);
  for (const link of links) {
    const path = join(directory, link);
    mkdirSync(dirname(path), { recursive: true });
    // The home is the directory above the clone.
    symlinkSync(join('..', relative(dirname(path), directory), '.bash_profile'), path);
  }
  git(directory, 'init', '--quiet');
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'A fleet');
  const home = temporaryDirectory();
  git(home, 'clone', '--quiet', directory, 'clone');
  const clone = join(home, 'clone');
  mkdirSync(join(home, '.config'));
  const machine = createMachine(join(home, '.config', 'mfa-cli'));
  const env = { ...origin.env, MFA_CLI_TRUST_FLEET: '' };
  /** Without an answer to the question of trust there is no terminal. */
  const fleet = async (words: readonly string[], ...answers: readonly boolean[]) => {
    const argv = ['fleet', ...words, '--file', join(clone, 'mfa-fleet.yaml')];
    const result = await machine.run(argv, answers.length === 0 ? { env } : { env, answers });
    const report = words.includes('--json') ? JSON.parse(result.stdout) : null;
    return { ...result, code: report?.error?.code ?? null };
  };
  return { home, clone, origin, fleet };
}

cloneTest('a clone has its client app keys shown before they are trusted', async () => {
  const { fleet, clone } = await cloned();
  const { stderr, exitCode } = await fleet(['apply', '--yes'], true);
  expect(stderr).toContain(`  names the client app key '${key}' for http://127.0.0.1:`);
  expect(exitCode).toBe(0);
  expect(readFileSync(join(clone, record), 'utf8')).toContain(key);
});

cloneTest.each([
  ['record', [record], 'file-unreadable'],
  ['lock', [`${record}.lock`], 'file-unwritable'],
  ['record and lock', [record, `${record}.lock`], 'file-unwritable'],
])('a clone with a link as its %s has nothing written out of it', async (_what, links, code) => {
  const { fleet, home, origin } = await cloned(...links);
  expect((await fleet(['apply', '--yes', '--json'], true)).code).toBe(code);
  expect(readdirSync(home).sort()).toEqual(['.config', 'clone']);
  expect(origin.requests()).toEqual([]);
});

cloneTest.each(['report.json', 'pages', 'reports/latest.json', 'reports/of/pages'])(
  'a clone with the link %s has no report written through it',
  async (link) => {
    const { fleet, home, clone, origin } = await cloned(link);
    const isFolder = basename(link) === 'pages';
    if (isFolder) mkdirSync(join(home, '.bash_profile'));
    const before = readdirSync(home, { recursive: true });
    const out = join(clone, isFolder ? `${link}/report.json` : link);
    for (const words of [['apply', '--yes'], ['status']]) {
      const { exitCode, code } = await fleet([...words, '--out', out, '--json']);
      expect([words, exitCode, code]).toEqual([words, 3, 'file-unwritable']);
    }
    expect(readdirSync(home, { recursive: true })).toEqual(before);
    expect(origin.requests()).toEqual([]);
  },
);

cloneTest.each(['records', 'reports/of/records'])(
  'a clone with the link %s to a folder has no record written through it',
  async (link) => {
    const { fleet, home, clone, origin } = await cloned(link);
    const folder = join(home, '.bash_profile');
    mkdirSync(folder);
    const named = ['--record', join(clone, link, 'record.jsonl')];
    expect((await fleet(['apply', '--yes', ...named, '--json'], true)).code).toBe(
      'file-unwritable',
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(origin.requests()).toEqual([]);
    // Nor is one that is there already, by any command that notes what a tenant says.
    const path = join(clone, link, 'record.jsonl');
    writeFileSync(path, '');
    const trust = { folder: realpathSync(clone), isGiven: true } as FleetTrust;
    const look = () => recordToWrite(path, trust).judge(path, statSync(path));
    expect(look).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
  },
);

cloneTest('a report goes through a link outside the folder of the fleet', async () => {
  const { fleet, home } = await cloned();
  const out = join(home, 'latest.json');
  symlinkSync('report.json', out);
  await fleet(['apply', '--yes', '--out', out], true);
  expect(readFileSync(join(home, 'report.json'), 'utf8')).toContain('"tenants"');
});

cloneTest('a clone whose fleet file is a link is not begun anew through it', async () => {
  const { fleet, home, clone } = await cloned();
  rmSync(join(clone, 'mfa-fleet.yaml'));
  symlinkSync('../.bash_profile', join(clone, 'mfa-fleet.yaml'));
  const { code } = await fleet(['init', '--force', '--json']);
  expect([code, readdirSync(home).sort()]).toEqual(['file-unwritable', ['.config', 'clone']]);
});
