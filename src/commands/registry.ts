import type { AnyCommand } from './command.ts';

/** A leaf command by its words. Loading it is what costs, so `load` does it on demand. */
export interface CommandEntry {
  readonly words: readonly [string] | readonly [string, string];
  readonly summary: string;
  load(): Promise<{ readonly command: AnyCommand }>;
}

/** What the first word of two stands for. */
export const groups: readonly {
  readonly word: string;
  readonly summary: string;
  readonly example: string;
}[] = [
  { word: 'apns', summary: "the tenant's push certificate", example: 'mfa-cli apns set --p12 cert.p12' },
  { word: 'profile', summary: 'saved settings, one profile a tenant', example: 'mfa-cli profile list' },
];

export const commands: readonly CommandEntry[] = [
  {
    words: ['login'],
    summary: 'sign in through the browser and save the session',
    load: () => import('./login.ts'),
  },
  { words: ['logout'], summary: 'revoke the session and forget it', load: () => import('./logout.ts') },
  {
    words: ['whoami'],
    summary: 'show who is signed in, where and until when',
    load: () => import('./whoami.ts'),
  },
  {
    words: ['apns', 'set'],
    summary: 'check a .p12 and give it to the tenant',
    load: () => import('./apns/set.ts'),
  },
  {
    words: ['apns', 'delete'],
    summary: 'take the push certificate away from the tenant',
    load: () => import('./apns/delete.ts'),
  },
  {
    words: ['apns', 'inspect'],
    summary: 'show what a .p12 holds and what is wrong with it, offline',
    load: () => import('./apns/inspect.ts'),
  },
  {
    words: ['apns', 'convert'],
    summary: 'turn a .p12 into base64, PEM or a newly encrypted .p12',
    load: () => import('./apns/convert.ts'),
  },
  {
    words: ['apns', 'status'],
    summary: 'show what this machine set last, with days left',
    load: () => import('./apns/status.ts'),
  },
  { words: ['profile', 'list'], summary: 'list the profiles', load: () => import('./profile/list.ts') },
  {
    words: ['profile', 'show'],
    summary: "show a profile's settings",
    load: () => import('./profile/show.ts'),
  },
  {
    words: ['profile', 'use'],
    summary: 'make a profile the current one',
    load: () => import('./profile/use.ts'),
  },
  {
    words: ['profile', 'set'],
    summary: 'change a setting of the profile',
    load: () => import('./profile/set.ts'),
  },
  {
    words: ['profile', 'remove'],
    summary: 'remove a profile and its session',
    load: () => import('./profile/remove.ts'),
  },
  {
    words: ['emulator'],
    summary: 'run a local tenant to rehearse with',
    load: () => import('./emulator.ts'),
  },
];
