import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { freePort } from '../scripts/free-port.mjs';
import { p12Path } from './support/fixtures.ts';
import { isThorough } from './support/patience.ts';
import {
  cleanEnvironment,
  enter,
  openTerminal,
  runShell,
  startProgram,
} from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { startTenant } from './support/tenant.ts';
import { isMissing } from './support/tools.ts';

const visitor = fileURLToPath(new URL('../scripts/visit.mjs', import.meta.url));
const browser = { BROWSER: `"${process.execPath}" "${visitor}"`, MFA_CLI_P12_PASSWORD: 'secret' };

/** The command lines of a page's shell snippets, in order. */
function lines(page: string): string[] {
  const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, snippet = '']) =>
    snippet.split('\n').filter(Boolean),
  );
}

function directoryWithCertificate(): string {
  const directory = temporaryDirectory();
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'cert.p12'));
  return directory;
}

/** What the commands of a fleet say; of two that begin alike the longer first. */
const fleetSays = [
  ['mfa-cli fleet plan --trust --refresh', '5 tenants unchanged'],
  ['mfa-cli fleet plan', '5 to set'],
  ['mfa-cli fleet apply', '✓ 5 set'],
  ['mfa-cli fleet status', 'Wrote fleet.html'],
] as const;

/** Starts an emulator as a person would, but for its port, and gives the line to paste. */
async function startEmulator(
  line: string,
  port: number,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const words = line
    .replace(/\S+\.(pem|yaml)/, (file) => join(directory, file))
    .split(' ')
    .slice(1);
  const redirect = ['--redirect-uri', `http://127.0.0.1:${port}/callback`, '--port', '0'];
  const running = startProgram([...words, ...redirect], env);
  let printed = '';
  // The emulator ends if nothing reads its output.
  for await (const chunk of running.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (/# PowerShell\n.+\n/.test(printed)) break;
  }
  running.stdout.resume();
  return /^# bash, zsh\n(.+)$/m.exec(printed)?.[1] ?? '';
}

describe.skipIf(isMissing('bash'))('the command lines', () => {
  test.runIf(isThorough)('of docs/rehearse.md work one after the other', async () => {
    const all = lines('docs/rehearse.md');
    expect(all.length).toBeGreaterThan(15);
    const directory = temporaryDirectory();
    const port = await freePort();
    const env = cleanEnvironment({ ...browser, MFA_CLI_PORT: String(port) });
    let pasted = ':';
    for (const line of all) {
      if (line.startsWith('mfa-cli emulator')) {
        pasted = await startEmulator(line, port, directory, env);
        continue;
      }
      const told = await runShell(`cd '${directory}'; ${pasted}; ${line}`, env);
      expect([line, told.exitCode, told.exitCode === 0 ? '' : told.stderr]).toEqual([line, 0, '']);
      if (line.includes('--login-hint')) expect(told.stdout).toContain('as user@example.com');
      const [, says] = fleetSays.find(([words]) => line.startsWith(words)) ?? [];
      if (says !== undefined) expect(told.stdout).toContain(says);
      else expect(line).not.toContain('mfa-cli fleet');
      if (line.startsWith('rm -r apns-ca.pem'))
        expect((await runShell('mfa-cli profile list', env)).stdout).toBe('No profiles yet.\n');
    }
  });

  test.skipIf(isMissing('script'))('of the README work', async () => {
    const { emulator, port } = await startTenant();
    const directory = directoryWithCertificate();
    const user = 'push@example.com';
    const person = cleanEnvironment({ ...browser, MFA_CLI_PORT: String(port) });
    const all = lines('README.md')
      // test/supply/install.long.ts runs these.
      .filter((line) => !/npm |git clone/.test(line))
      .map((line) => line.replace('abc1234.id.cyberark.cloud', emulator.url));
    const signIn = all.findIndex((line) => line.startsWith('mfa-cli bootstrap'));
    const pipeline = all.findIndex((line) => line.startsWith('export'));
    const fleet = all.findIndex((line) => line.startsWith('mfa-cli fleet'));
    expect([signIn, pipeline, fleet, all.length]).toEqual([4, 7, 11, 15]);
    const [bootstrap = '', ...others] = all.slice(signIn, pipeline);
    const terminal = openTerminal(bootstrap.split(' ').slice(1), person, directory);
    await terminal.answer(
      ['User name', `${emulator.administrator.user}${enter}`],
      ['Enter Password', `${emulator.administrator.password}${enter}`],
      ['Apply these changes to', `y${enter}`],
      ['Sign in now, with', `n${enter}`],
    );
    expect((await terminal.end()).exitCode).toBe(0);
    const proof = all.findIndex((line) => line.startsWith('mfa-cli apns prove'));
    const runs = async (line: string) => {
      const { exitCode, stderr } = await runShell(`cd '${directory}'; ${line}`, person);
      expect([line, exitCode, exitCode === 0 ? '' : stderr]).toEqual([line, 0, '']);
    };
    for (const line of [...others, ...all.slice(0, proof)]) await runs(line);
    // A user of the emulator whose push is approved without a phone.
    const words = [...(all[proof] ?? '').replace(/ +#.*/, '').split(' ').slice(1), '--user', user];
    const proving = openTerminal(words, person, directory);
    await proving.answer(
      [`${user}'s phone will ring. Are they expecting it?`, `y${enter}`],
      ['Enter Password', `${emulator.administrator.password}${enter}`],
      ['In which app did the push appear?', enter],
    );
    expect((await proving.end()).exitCode).toBe(0);
    for (const line of all.slice(proof + 1, signIn)) await runs(line);
    // test/docs-ci.program.long.ts runs the block of the pipeline.
    // What `fleet init` says that is left to do: the place of the .p12, and its password.
    copyFileSync(join(directory, 'cert.p12'), join(directory, 'lab.p12'));
    const many = { ...person, LAB_P12_PASSWORD: 'secret' };
    for (const line of all.slice(fleet)) {
      const agreed = line.replace('fleet apply', 'fleet apply --yes');
      const told = await runShell(`cd '${directory}'; ${agreed}`, many);
      expect([line, told.exitCode, told.exitCode === 0 ? '' : told.stderr]).toEqual([line, 0, '']);
    }
    expect(readFileSync(join(directory, 'fleet.html'), 'utf8')).toContain(
      'No push certificate expires within 30 days',
    );
  });
});
