import { type Declaration, declareCommand } from '../command.ts';
import { applyOptions, initOptions, mergeOptions, planOptions, statusOptions } from './options.ts';

export const commands: readonly Declaration[] = [
  declareCommand({
    word: 'init',
    summary: 'write a fleet file from the profiles and the ledger of this machine',
    options: initOptions,
    behavior: { keepsStdout: true },
    examples: ['mfa-cli fleet init', 'mfa-cli fleet init --file fleets/production.yaml'],
    load: () => import('./init.ts'),
  }),
  declareCommand({
    word: 'plan',
    summary: 'show the changes that apply would make',
    options: planOptions,
    behavior: { asks: true },
    examples: ['mfa-cli fleet plan', 'mfa-cli fleet plan --label ring=canary'],
    load: () => import('./plan.ts'),
  }),
  declareCommand({
    word: 'apply',
    summary: 'make each tenant match the fleet file',
    options: applyOptions,
    behavior: { sends: true, destroys: true, asks: true },
    examples: [
      'mfa-cli fleet apply',
      'mfa-cli fleet apply --canary acme --max-failures 3 --verify --yes',
    ],
    hook: (options) => ({ ...options, notifyAt: undefined, isRehearsal: false }),
    load: () => import('./apply.ts'),
  }),
  declareCommand({
    word: 'status',
    summary: "show each tenant's certificate, with days left; asks no tenant without --refresh",
    options: statusOptions,
    behavior: { asks: true, keepsStdout: true },
    examples: [
      'mfa-cli fleet status',
      'mfa-cli fleet status --out fleet.html',
      'mfa-cli fleet status --format ics --out push-certificates.ics --warn-days 45',
      'mfa-cli fleet status --record shard-*.ledger.jsonl --out fleet.html',
    ],
    hook: (options) => ({ ...options, isRehearsal: false }),
    load: () => import('./status.ts'),
  }),
  declareCommand({
    word: 'merge',
    summary: 'merge the reports of all shards into one',
    options: mergeOptions,
    examples: [
      'mfa-cli fleet merge shard-*.json',
      'mfa-cli fleet merge --json shard-0.json shard-1.json > report.json',
    ],
    load: () => import('./merge.ts'),
  }),
];
