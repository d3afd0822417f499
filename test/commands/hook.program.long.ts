import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { createMachine } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { startFleet } from '../support/fleet.ts';
import { startAnswering } from '../support/http.ts';
import { eventually } from '../support/patience.ts';
import { cleanEnvironment, finish, runProgram, startProgram } from '../support/process.ts';
import { recordingHook, shellProgram } from '../support/programs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { shareTenant } from '../support/tenant.ts';

const good = p12Path('01-default-aes256');
const token = { ...secretPassword, MFA_CLI_TOKEN: 'an-opaque-access-token' };
const setArgv = ['apns', 'set', good];
const deleteArgv = ['apns', 'delete', 'com.example.lab', '--yes'];
const envelope = (success: boolean) =>
  JSON.stringify({
    success,
    Result: null,
    Message: success ? null : 'No.',
    MessageID: null,
    ErrorID: null,
  });

/** A tenant that says yes, that says no, and that says nothing, by its address. */
const answers = {
  yes: () => startAnswering((_request, response) => response.end(envelope(true))),
  no: () => startAnswering((_request, response) => response.end(envelope(false))),
  nothing: () => startAnswering((request) => request.socket.destroy()),
};

const terminated = () =>
  new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGTERM' } });

describe.skipIf(process.platform === 'win32')('a hook', () => {
  test.each<[string, readonly string[], keyof typeof answers, number, string | null]>([
    ['a set', setArgv, 'yes', 0, 'set'],
    ['a set that is refused', setArgv, 'no', 6, 'failed'],
    ['a set whose answer is missing', setArgv, 'nothing', 7, 'unknown'],
    [
      'a set that the checks stop',
      [...setArgv, '--topic', 'com.example.other'],
      'yes',
      4,
      'failed',
    ],
    ['a dry run', [...setArgv, '--dry-run'], 'yes', 0, null],
    [
      'a dry run that the checks stop',
      [...setArgv, '--dry-run', '--topic', 'other'],
      'yes',
      4,
      null,
    ],
    ['a file that is not there', ['apns', 'set', 'no.p12'], 'yes', 3, 'failed'],
    ['a deletion', [...deleteArgv, '--force'], 'yes', 0, 'deleted'],
    ['a deletion whose answer is missing', [...deleteArgv, '--force'], 'nothing', 7, 'unknown'],
    ['a command line that is wrong', ['apns', 'delete', '--yes'], 'yes', 2, null],
    ['a status of nothing', ['apns', 'status'], 'yes', 0, null],
    ['a status that is wrong', ['apns', 'status', '--warn-days', 'x'], 'yes', 2, null],
  ])('after %s', async (_case, argv, answer, exitCode, event) => {
    const hook = recordingHook();
    const env = { ...token, MFA_CLI_TENANT: await answers[answer]() };
    const result = await createMachine().run([...argv, '--json', ...hook.options], { env });
    expect(result.exitCode).toBe(exitCode);
    expect(hook.calls()).toEqual(
      event === null ? [] : [{ event, document: JSON.parse(result.stdout) }],
    );
  });

  const shared = shareTenant();
  test.each<[string, string, readonly string[], number, RegExp]>([
    ['that fails', 'exit 3', [], 0, /warning: The hook ended with exit code 3\n/],
    [
      'that must not fail',
      'exit 3',
      ['--hook-must-succeed'],
      8,
      /The hook ended with exit code 3\n/,
    ],
    ['that goes well', 'exit 0', ['--hook-must-succeed'], 0, /^(?!.*hook)/s],
    ['that is slow', 'sleep 600', ['--hook-timeout', '1'], 0, /The hook did not end within 1 s\n/],
    [
      'that is killed',
      'kill -9 $$',
      ['--hook-must-succeed'],
      8,
      /The hook was killed by SIGKILL\n/,
    ],
    [
      'that leaves something behind',
      'sleep 5 >/dev/null 2>&1 &',
      ['--hook-must-succeed'],
      0,
      /^(?!.*hook)/s,
    ],
  ])('%s', async (_case, lines, words, exitCode, says) => {
    const { set } = await shared();
    const hook = recordingHook(lines);
    const result = await set([...hook.options, ...words]);
    expect([result.exitCode, hook.calls().length]).toEqual([exitCode, 1]);
    expect(result.stdout).toContain('Set the push certificate');
    expect(result.stderr).toMatch(says);
  });

  test('does not change the exit code of a failed run with --hook-must-succeed', async () => {
    const hook = recordingHook('exit 3');
    const env = { ...token, MFA_CLI_TENANT: await answers.no() };
    const argv = [...setArgv, ...hook.options, '--hook-must-succeed'];
    expect((await createMachine().run(argv, { env })).exitCode).toBe(6);
  });

  test('causes a warning if it cannot run, and may ignore its stdin', async () => {
    const { set } = await shared();
    const file = join(temporaryDirectory(), 'hook');
    writeFileSync(file, '#!/no/interpreter\n', { mode: 0o755 });
    const none = await set(['--hook', file]);
    expect([none.exitCode, none.stderr]).toEqual([
      0,
      expect.stringContaining(
        `The hook cannot be run: the program "${file}", or the interpreter that its first line names, does not exist\n`,
      ),
    ]);
    expect((await set(['--hook', '/bin/true', '--hook-must-succeed'])).exitCode).toBe(0);
  });

  test('gets its arguments unchanged, no MFA_CLI_ variable except the event, and writes its stdout to stderr', async () => {
    const { emulator } = await shared();
    const hook = recordingHook('echo "printed: $*"');
    const secrets = {
      MFA_CLI_P12_PASSWORD: 'secret',
      MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
    };
    const env = cleanEnvironment({ ...secrets, MFA_CLI_CLIENT_ID: emulator.serviceUser.user });
    const argv = [...setArgv, '--tenant', emulator.url, '--json', ...hook.options];
    const result = await runProgram(
      [...argv, '--hook-arg', 'a b', '--hook-arg=--quiet', '--hook-arg='],
      env,
    );
    expect(result.exitCode).toBe(0);
    expect(hook.calls()).toEqual([{ event: 'set', document: JSON.parse(result.stdout) }]);
    expect(result.stderr).toContain('printed: a b --quiet \n');
    expect(hook.environment().match(/^MFA_CLI_.*$/gm)).toEqual(['MFA_CLI_EVENT=set']);
  });

  // An executable ends with its reader, before the hook is called.
  test.skipIf(process.env.MFA_CLI_TEST_COMMAND !== undefined)(
    'is told of a run that nobody reads',
    async () => {
      const { emulator } = await shared();
      const hook = recordingHook('exit 3');
      const argv = [...setArgv, '--tenant', emulator.url, ...hook.options, '--hook-must-succeed'];
      const child = startProgram(argv, {
        ...cleanEnvironment(secretPassword),
        MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
        MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
      });
      child.stdout.destroy();
      expect((await finish(child)).exitCode).toBe(8);
      expect(hook.calls()).toMatchObject([{ event: 'set' }]);
    },
  );

  test('is called when a signal ends a run', async () => {
    const interrupt = new AbortController();
    const silent = await startAnswering(() => interrupt.abort(terminated()));
    const hook = recordingHook();
    const { exitCode, stdout } = await createMachine().run(
      [...setArgv, '--json', ...hook.options],
      {
        env: { ...token, MFA_CLI_TENANT: silent },
        signal: interrupt.signal,
      },
    );
    expect(exitCode).toBe(143);
    expect(hook.calls()).toEqual([{ event: 'unknown', document: JSON.parse(stdout) }]);
  });

  test.each([
    ['went well', 'yes', 143, true],
    ['failed', 'no', 6, false],
  ] as const)(
    'of a run that %s is ended by a signal that comes later',
    async (_case, answer, code, sent) => {
      const started = join(temporaryDirectory(), 'started');
      const slow = shellProgram(`: > '${started}'; sleep 600`);
      const later = new AbortController();
      const ended = createMachine().run([...setArgv, '--hook', slow], {
        env: { ...token, MFA_CLI_TENANT: await answers[answer]() },
        signal: later.signal,
      });
      await vi.waitFor(() => readFileSync(started), eventually);
      later.abort(terminated());
      const { exitCode, stdout, stderr } = await ended;
      expect([exitCode, stdout.includes('Set the push certificate')]).toEqual([code, sent]);
      expect(stderr).toContain('The interrupt stopped the hook');
    },
  );
});

describe.skipIf(process.platform === 'win32')('the hook of a fleet', () => {
  test('is called once a run: set, nothing, failed, unknown', async () => {
    const refuses = { now: false, hangs: false };
    const fleet = await startFleet(3, {
      misbehaving: (number) => (call, response) => {
        if (number !== 2 || call !== 'set' || !(refuses.now || refuses.hangs)) return false;
        if (refuses.hangs) response.destroy();
        else response.end(envelope(false));
        return true;
      },
    });
    const apply = async (words: readonly string[] = []) => {
      const hook = recordingHook();
      const argv = ['apply', '--yes', '--json', ...words, ...hook.options];
      const { stdout, exitCode } = await fleet.run(argv, { env: fleet.env });
      const [call, ...more] = hook.calls();
      expect(more).toEqual([]);
      if (call !== undefined) expect(call.document).toEqual(JSON.parse(stdout));
      const environment = call === undefined ? '' : hook.environment();
      return { exitCode, event: call?.event ?? null, environment };
    };
    const first = await apply();
    expect(first).toMatchObject({ exitCode: 0, event: 'set' });
    expect(await apply()).toMatchObject({ exitCode: 0, event: null });
    refuses.now = true;
    expect(await apply(['--all'])).toMatchObject({ exitCode: 8, event: 'failed' });
    refuses.hangs = true;
    expect(await apply(['--all', '--timeout', '5'])).toMatchObject({
      exitCode: 8,
      event: 'unknown',
    });
    // What the file declares to hold a secret stays here.
    expect(first.environment).toContain('PATH=');
    expect(first.environment).not.toMatch(/APP_PASSWORD|CI_SECRET/);
  });
});
