import { type Declaration, declareCommand } from '../command.ts';
import { removeOptions, renameOptions, setOptions, showOptions, useOptions } from './options.ts';

export const commands: readonly Declaration[] = [
  declareCommand({
    word: 'list',
    summary: 'list the profiles',
    options: {},
    examples: ['mfa-cli profile list', 'mfa-cli profile list --json'],
    load: async () => ({ command: (await import('./list.ts')).listCommand }),
  }),
  declareCommand({
    word: 'show',
    summary: "show a profile's settings",
    options: showOptions,
    examples: ['mfa-cli profile show', 'mfa-cli profile show example'],
    load: async () => ({ command: (await import('./profile.ts')).showCommand }),
  }),
  declareCommand({
    word: 'use',
    summary: 'make a profile the current one',
    options: useOptions,
    examples: ['mfa-cli profile use example'],
    load: async () => ({ command: (await import('./profile.ts')).useCommand }),
  }),
  declareCommand({
    word: 'set',
    summary: 'change a setting of a profile',
    options: setOptions,
    examples: [
      'mfa-cli profile set tenant abc1234.id.cyberark.cloud',
      'mfa-cli profile set port ""',
      'mfa-cli profile set store keychain',
    ],
    load: async () => ({ command: (await import('./profile.ts')).setCommand }),
  }),
  declareCommand({
    word: 'rename',
    summary: 'rename a profile',
    options: renameOptions,
    examples: ['mfa-cli profile rename default acme'],
    load: async () => ({ command: (await import('./profile.ts')).renameCommand }),
  }),
  declareCommand({
    word: 'remove',
    summary: 'delete a profile and its session',
    options: removeOptions,
    behavior: { destroys: true, asks: true },
    examples: ['mfa-cli profile remove example'],
    load: async () => ({ command: (await import('./profile.ts')).removeCommand }),
  }),
];
