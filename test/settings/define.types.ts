// What the compiler promises of options: nobody runs this file, `npm run typecheck` reads it. Each expected error is one that
// must come if an option is renamed, removed or given another type in its declaration alone.
import { setOptions, statusOptions } from '../../src/commands/apns/options.ts';
import { declareCommand } from '../../src/commands/command.ts';
import { openHook } from '../../src/commands/hook.ts';
import { logoutOptions, whoamiOptions } from '../../src/commands/options.ts';
import type { Context } from '../../src/context.ts';
import { givenP12, judgingOf } from '../../src/settings/certificate.ts';
import { flagOf, type OptionsOf, type OptionTable } from '../../src/settings/define.ts';
import type { CommandOptions } from '../../src/settings/global-options.ts';
import {
  type hookOptions,
  type judgingOptions,
  p12FileOptions,
} from '../../src/settings/options.ts';
import { noOwnOptions, readSettings } from '../../src/settings/resolve.ts';

declare const context: Context;

const words = {
  word: 'set',
  summary: 'check a .p12 and set it as the push certificate',
  examples: [],
};

export const asDeclared = declareCommand({
  ...words,
  options: setOptions,
  load: () => import('../../src/commands/apns/set.ts'),
});

const { dryRun, clientAppKey, ...others } = setOptions;

export const renamed = declareCommand({
  ...words,
  options: { ...others, clientAppKey, rehearse: dryRun },
  // @ts-expect-error: the command reads `dryRun`, and would send
  load: () => import('../../src/commands/apns/set.ts'),
});

export const removed = declareCommand({
  ...words,
  options: { ...others, clientAppKey },
  // @ts-expect-error: the command reads `dryRun`
  load: () => import('../../src/commands/apns/set.ts'),
});

export const retyped = declareCommand({
  ...words,
  options: { ...setOptions, dryRun: { type: 'text', value: 'how', meaning: 'how to rehearse' } },
  // @ts-expect-error: a text is no flag
  load: () => import('../../src/commands/apns/set.ts'),
});

export const withOtherChoices = declareCommand({
  ...words,
  options: { ...setOptions, failOn: { ...setOptions.failOn, choices: ['fatal'] } },
  // @ts-expect-error: no finding has this level
  load: () => import('../../src/commands/apns/set.ts'),
});

export const readBySettingsAlone = declareCommand({
  ...words,
  options: { ...others, dryRun, appKey: clientAppKey },
  // @ts-expect-error: the settings look for `clientAppKey`
  load: () => import('../../src/commands/apns/set.ts'),
});

export const ofAnother = declareCommand({
  ...words,
  options: setOptions,
  // @ts-expect-error: the code of another command
  load: () => import('../../src/commands/apns/p12/convert.ts'),
});

export const needed = declareCommand({
  ...words,
  options: setOptions,
  // @ts-expect-error: `--rehearse` is no option of the command
  needs: ['rehearse'],
  load: () => import('../../src/commands/apns/set.ts'),
});

export const hooked = declareCommand({
  ...words,
  options: statusOptions,
  behavior: { keepsStdout: true },
  // @ts-expect-error: a hook must know whether the run is a rehearsal
  hook: (options) => options,
  load: () => import('../../src/commands/apns/status.ts'),
});

export const silent = declareCommand({
  ...words,
  options: statusOptions,
  // @ts-expect-error: the command prints bytes, and does not say that it keeps stdout
  load: () => import('../../src/commands/apns/status.ts'),
});

const { tenant, ...elsewhere } = whoamiOptions;
const withHost = { ...elsewhere, host: tenant };
declare const hostOptions: CommandOptions<typeof withHost>;
// @ts-expect-error: a tenant that nobody can give would pass as one that nobody gave
export const settings = readSettings(hostOptions, context);

declare const whoami: CommandOptions<typeof whoamiOptions>;
// @ts-expect-error: `whoami` has no client app key
const own = { ...noOwnOptions, clientAppKey: whoami.clientAppKey };
export const ownSettings = readSettings(whoami, context, own);

// @ts-expect-error: every declared key is there
export const logout: OptionsOf<typeof logoutOptions> = {};

const { passwordFile, ...rest } = p12FileOptions;
const withSecret = { ...rest, secretFile: passwordFile };
declare const secretOptions: OptionsOf<typeof withSecret>;
// @ts-expect-error: the .p12's password comes from `passwordFile`
export const p12 = givenP12(secretOptions, {});

declare const judged: OptionsOf<typeof judgingOptions>;
// @ts-expect-error: who has no `--force` says so
export const stopping = judgingOf(judged);

declare const called: OptionsOf<typeof hookOptions>;
// @ts-expect-error: what else a hook needs to know
export const open = openHook(called);

// @ts-expect-error: flags are made of the keys alone
export const flag = flagOf(logoutOptions, 'everywhere');

export const unknownType = {
  // @ts-expect-error: no type of option
  port: { type: 'port', value: 'n', meaning: 'port to listen on' },
} as const satisfies OptionTable;
