import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

/** The programs of `startSecretService` and its methods. */
export const secretServicePrograms = [
  'dbus-daemon',
  'gnome-keyring-daemon',
  'dbus-send',
  'secret-tool',
];

/** GNOME Keyring on a separate D-Bus session, with separate files. */
export interface SecretService {
  /** The environment of a program in that session. */
  readonly env: Readonly<Record<string, string>>;
  /** Locks the keyring; nobody can unlock it. */
  lock(): void;
  /** Its items of our service, as another program reads them. */
  held(): string;
  /** The paths of the files of that session, config.json among them, that contain the text. */
  filesWith(text: string): readonly string[];
}

/** @param prompter true: a prompt for the password appears, and nobody answers; by default there is no prompt */
export async function startSecretService({ prompter = false } = {}): Promise<SecretService> {
  const home = temporaryDirectory();
  const [runtime, data] = [join(home, 'run'), join(home, 'data')];
  for (const folder of [runtime, data]) mkdirSync(folder);
  chmodSync(runtime, 0o700);
  const variables = { HOME: home, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: data };
  addServices(data, {
    // The bus would start another one, locked, while the first is not there yet.
    'org.freedesktop.secrets': '/bin/false',
    'org.gnome.keyring.SystemPrompter': prompter ? '/bin/sleep 600' : '/bin/false',
  });
  const own = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...variables };
  const bus = start('dbus-daemon', ['--session', '--nofork', '--print-address'], own);
  const [address] = await once(bus.stdout as NodeJS.EventEmitter, 'data');
  const env = { ...variables, DBUS_SESSION_BUS_ADDRESS: String(address).trim() };
  const all = { ...own, ...env };
  const keyring = start(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets'],
    all,
  );
  keyring.stdin?.end('the password of the keyring');
  const call = (...words: string[]) => {
    const to = ['--session', '--print-reply', '--dest=org.freedesktop.secrets'];
    return spawnSync('dbus-send', [...to, ...words], { env: all });
  };
  const secrets = '/org/freedesktop/secrets';
  const login = `${secrets}/collection/login`;
  const label = [
    'org.freedesktop.DBus.Properties.Get',
    'string:org.freedesktop.Secret.Collection',
    'string:Label',
  ];
  while (call(login, ...label).status !== 0) await setTimeout(50);
  return {
    env,
    lock: () => void call(secrets, 'org.freedesktop.Secret.Service.Lock', `array:objpath:${login}`),
    held: () =>
      spawnSync('secret-tool', ['search', '--all', 'service', 'mfa-cli'], {
        env: all,
        encoding: 'utf8',
      }).stdout,
    filesWith: (text) =>
      readdirSync(home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => readFileSync(path).includes(text)),
  };
}

function start(
  file: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const child = spawn(file, words, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The program that the bus starts for a free name. */
function addServices(data: string, commands: Readonly<Record<string, string>>): void {
  const services = join(data, 'dbus-1', 'services');
  mkdirSync(services, { recursive: true });
  for (const [name, command] of Object.entries(commands))
    writeFileSync(
      join(services, `${name}.service`),
      `[D-BUS Service]\nName=${name}\nExec=${command}\n`,
    );
}
