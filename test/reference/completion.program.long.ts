import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeLine } from '../../src/change/ledger-line.ts';
import { doneAt } from '../change/examples.ts';
import { createMachine } from '../support/context.ts';
import { ledgerOf } from '../support/ledger.ts';
import { isThorough } from '../support/patience.ts';
import {
  cleanEnvironment,
  openCommand,
  type PseudoTerminal,
  shellCommand,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

/** A shell in which the completion is loaded. */
interface Shell {
  /** What the TAB key offers for a line. */
  complete(line: string): Promise<readonly string[]>;
  readonly directory: string;
}

/** A profile's name that a shell which evaluates it obeys. */
const hostile = '$(touch evaluated)';

async function scriptFor(shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await createMachine().run(['completion', shell]);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
}

/** A directory with two files, the command on the path, and the profiles `home` and `work`. */
async function place(
  shell: string,
  profiles: readonly string[] = ['home', 'work'],
): Promise<{ directory: string; env: Record<string, string> }> {
  const directory = temporaryDirectory();
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'mfa-cli'), `#!/bin/sh\nexec ${shellCommand} "$@"\n`);
  chmodSync(join(bin, 'mfa-cli'), 0o755);
  const work = join(directory, 'files');
  mkdirSync(work);
  mkdirSync(join(work, 'sub'));
  for (const file of ['cert one.p12', 'KEPT.PFX', 'notes.txt', 'sub/inner.p12', 'sub/other.txt'])
    writeFileSync(join(work, file), '');
  writeFileSync(join(directory, 'completion'), await scriptFor(shell));
  const env = cleanEnvironment({ PATH: `${bin}:${process.env.PATH}` });
  const machine = createMachine(env.MFA_CLI_CONFIG_DIR);
  for (const name of profiles) {
    const { exitCode } = await machine.run(['profile', 'set', 'scope', 'all', '--profile', name]);
    expect(exitCode).toBe(0);
  }
  if (profiles.length > 0) addRecord(machine.directory);
  return { directory, env };
}

/** As if a certificate had been set from that machine. */
function addRecord(directory: string, clientAppKey = 'com.example.lab'): void {
  const lines = doneAt(clientAppKey.slice(0, 20), 0, { clientAppKey });
  appendFileSync(ledgerOf(directory), lines.map(encodeLine).join(''), { mode: 0o600 });
}

/** Readline and zle insert all that is offered at TAB; Ctrl-X p shows the line that came of it. */
const startUp = {
  bash: `bind '"\\t": insert-completions'
bind -x '"\\C-xp": printf "\\n<%s>\\n" "$READLINE_LINE"'`,
  zsh: `autoload -U compinit; compinit -u -D
bindkey -e; zle -C all-matches complete-word _generic; bindkey '^I' all-matches
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
shown() { print; print -r -- "<$BUFFER>" }; zle -N shown; bindkey '^Xp' shown`,
};

async function openShell(
  name: 'bash' | 'zsh',
  profiles?: readonly string[],
  load = 'source ../completion',
): Promise<Shell> {
  const { directory, env } = await place(name, profiles);
  const setUp = `${startUp[name]}\nPS1='ready> '\ncd '${directory}/files'\n${load}\n`;
  writeFileSync(join(directory, '.zshrc'), setUp);
  writeFileSync(join(directory, 'bashrc'), setUp);
  const terminal = openCommand(
    name === 'zsh'
      ? ['zsh', '-d', '-i']
      : ['bash', '--noprofile', '--rcfile', `${directory}/bashrc`, '-i'],
    { ...env, ZDOTDIR: directory, TERM: 'dumb' },
  );
  await terminal.read('ready> ');
  return {
    directory: `${directory}/files`,
    complete: (line) => completeOnTerminal(terminal, line),
  };
}

async function completeOnTerminal(
  terminal: PseudoTerminal,
  line: string,
): Promise<readonly string[]> {
  terminal.type(`${line}\t\u0018p`);
  const shown = await terminal.read(/<mfa-cli [^\n]*>\r?\n/);
  terminal.type('\u0015');
  const completed = shown.slice(1, shown.lastIndexOf('>'));
  if (completed === line) return [];
  const added = completed.slice(line.lastIndexOf(' ') + 1).trim();
  return added.match(/(?:\\.|[^ ])+/g)?.map((word) => word.replaceAll(/\\(.)/g, '$1')) ?? [];
}

async function openFish(profiles?: readonly string[]): Promise<Shell> {
  const { directory: above, env } = await place('fish', profiles);
  const directory = join(above, 'files');
  const script = 'source ../completion; while read -l line; complete -C "$line"; echo .; end';
  const fish = spawn('fish', ['--no-config', '-c', script], { env, cwd: directory });
  onTestFinished(() => void fish.kill());
  const told = createInterface(fish.stdout)[Symbol.asyncIterator]();
  return {
    directory,
    async complete(line) {
      fish.stdin.write(`${line}\n`);
      const offered: string[] = [];
      for (;;) {
        const { value = '.' } = await told.next();
        if (value === '.') return offered;
        offered.push(value.replace(/\t.*/, '').replaceAll(/\\(.)/g, '$1'));
      }
    },
  };
}

const shells = {
  bash: {
    open: (profiles?: readonly string[]) => openShell('bash', profiles),
    needs: ['bash', 'script'],
  },
  zsh: {
    open: (profiles?: readonly string[]) => openShell('zsh', profiles),
    needs: ['zsh', 'script'],
  },
  fish: { open: openFish, needs: ['fish'] },
};

const cases: readonly (readonly [line: string, offered: readonly string[]])[] = [
  [
    'apns ',
    [
      'convert',
      'delete',
      'inspect',
      'pack',
      'prove',
      'renew',
      'request',
      'set',
      'status',
      'verify',
    ],
  ],
  ['who', ['whoami']],
  ['apns in', ['inspect']],
  ['--profile work apns con', ['convert']],
  ['--quiet apns con', ['convert']],
  ['apns set --env', ['--environment']],
  ['apns set --prof', ['--profile']],
  ['apns convert --env', []],
  ['apns convert --format ', ['base64', 'p12', 'pem']],
  ['apns convert --format=p', ['p12', 'pem']],
  ['apns set --environment p', ['production']],
  ['completion ', ['bash', 'fish', 'powershell', 'pwsh', 'zsh']],
  ['--profile ', ['home', 'work']],
  ['whoami --profile w', ['work']],
  ['profile use ', ['home', 'work']],
  ['apns inspect ', ['KEPT.PFX', 'cert one.p12', 'sub']],
  ['apns inspect su', ['sub']],
  ['apns inspect sub/', ['sub/inner.p12']],
  ['apns set --p12 KE', ['KEPT.PFX']],
  ['apns set --password-file n', ['notes.txt']],
  ['apns set --p12 ce', ['cert one.p12']],
  ['apns convert --out n', ['notes.txt']],
  ['apns inspect -- c', ['cert one.p12']],
  ['apns request --out su', ['sub']],
  ['app check su', ['sub']],
  ['fleet merge n', ['notes.txt']],
  ['apns delete --client-app-key ', ['com.example.lab']],
  [
    'profile set ',
    'app-id ca-file client-app-key client-id platform-token port scope store tenant'.split(' '),
  ],
  ['profile rename ', ['home', 'work']],
  ['help e', ['emulator', 'environment', 'exit-codes']],
  ['help apns con', ['convert']],
  ['he', ['help']],
  ['apns set --topic ', []],
  ['whoami ', []],
];

/** On the executable, bash tries a half, zsh and fish a sixth: the program itself finds the words. */
const half = cases.filter((_, index) => isThorough || index % 2 === 0);
const sixth = cases.filter((_, index) => isThorough || index % 6 === 0);

describe.each(Object.entries(shells))('%s', (name, { open, needs }) => {
  test.skipIf(isMissing(...needs))(
    'completes commands, options, choices, profiles and files',
    async () => {
      const { complete } = await open();
      const seen: [string, readonly string[]][] = [];
      const tried = name === 'bash' ? half : sixth;
      for (const [line] of tried) {
        const offered = await complete(`mfa-cli ${line}`);
        seen.push([line, offered.map((word) => word.replace(/^--format=|\/$/g, '')).toSorted()]);
      }
      expect(seen).toEqual(tried);
    },
  );

  test.skipIf(isMissing(...needs))('offers a profile’s name and does not evaluate it', async () => {
    const { complete, directory } = await open([hostile]);
    expect(await complete('mfa-cli whoami --profile ')).toEqual([hostile]);
    expect(existsSync(join(directory, 'evaluated'))).toBe(false);
  });
});

test.skipIf(isMissing('zsh', 'script'))(
  'zsh completes with the script as a function of its $fpath',
  async () => {
    const load = 'cp ../completion ../_mfa-cli; fpath=($PWD:h $fpath); compinit -u -D';
    const { complete } = await openShell('zsh', [], load);
    // The first time loads the function, the second finds it.
    expect(await complete('mfa-cli apns in')).toEqual(['inspect']);
    expect(await complete('mfa-cli apns set --env')).toEqual(['--environment']);
  },
);

test('PowerShell has a script of balanced brackets', async () => {
  const script = await scriptFor('pwsh');
  const code = script.replaceAll(/'(?:[^']|'')*'|"[^"]*"|#.*$/gm, '');
  for (const [opening = '', closing = ''] of ['{}', '()', '[]'])
    expect(code.split(opening).length).toBe(code.split(closing).length);
  expect(script).toContain('Register-ArgumentCompleter -Native -CommandName mfa-cli');
  expect(script).toContain(String.raw`"'" + ($name -replace "['\u2018-\u201b]", '$0$0') + "'"`);
});

describe('the command', () => {
  test('gives the script as JSON too', async () => {
    const { stdout } = await createMachine().run(['completion', 'bash', '--json']);
    expect(JSON.parse(stdout)).toEqual({ shell: 'bash', script: await scriptFor('bash') });
  });

  test('needs a shell', async () => {
    const { exitCode, stderr } = await createMachine().run(['completion']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('No shell was given: bash, zsh, fish, pwsh or powershell');
  });

  test.each([
    ['an option before the --', 'apns inspect --quie', '--quiet'],
    ['none behind it', 'apns inspect -- --', ':p12'],
    ['none behind it with a value', 'apns inspect -- --environment=p', ':p12'],
    ['none in the place of a value', 'apns set --environment --', ''],
    ['a value behind =', 'apns set --environment=', 'production sandbox'],
    ['a value behind = as bash has it', 'apns set --environment = p', 'production'],
    ['a command behind an option and its value', '--profile p apns pa', 'pack'],
    ['no command behind an argument', 'apns inspect a pa', ''],
  ])('offers %s', async (_what, line, offered) => {
    const stdin = `${line.replaceAll(' ', '\n')}\n`;
    const { stdout } = await createMachine().run(['completion', '--words'], { stdin });
    const names = stdout.trimEnd().split('\n');
    expect(names.map((name) => name.replace(/\t.*/, '')).join(' ')).toBe(offered);
  });

  test.each([
    ['work', 'work\t\n'],
    ['two\nlines', ''],
    ['’; calc; ‘', ''],
    ['”', ''],
    ["'; calc; '", ''],
    ['`calc`', ''],
    ['"', ''],
  ])(
    'offers the name %j of a profile and of a client app key only if a shell can take it: %j',
    async (name, offered) => {
      const machine = createMachine();
      await machine.run(['profile', 'set', 'scope', 'all', '--profile', name]);
      addRecord(machine.directory, name);
      for (const option of ['--profile', '--client-app-key']) {
        const stdin = `apns\nset\n${option}\n\n`;
        expect(await machine.run(['completion', '--words'], { stdin })).toMatchObject({
          stdout: offered,
          stderr: '',
        });
      }
    },
  );

  test('creates nothing where there are no profiles', async () => {
    const machine = createMachine();
    const { stdout } = await machine.run(['completion', '--words', '--json'], {
      stdin: '--profile\n\n',
    });
    expect(JSON.parse(stdout)).toEqual({ files: null, offers: [] });
    expect(existsSync(machine.directory)).toBe(false);
  });
});
