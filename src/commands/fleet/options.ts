import { defaultFleetFile } from '../../settings/defaults.ts';
import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { alertOptions, hookOptions, judgingOptions, shard } from '../../settings/options.ts';

/** The fleet file, and which of its tenants. */
const fleet = {
  file: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: 'the fleet file (- for stdin)',
    default: defaultFleetFile,
  },
  record: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: 'ledger of the fleet',
    default: 'NAME.ledger.jsonl next to NAME.yaml',
    setting: 'record',
  },
  only: { type: 'series', value: 'name', meaning: 'only these tenants' },
  label: { type: 'series', value: 'key=value', meaning: 'only tenants with all of these labels' },
  trust: { type: 'flag', meaning: 'trust the fleet file for this run, whatever it contains' },
  shard,
} as const satisfies OptionTable;

export interface FleetOptions extends CommandOptions<typeof fleet> {}

export const initOptions = {
  file: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: 'file to write (- for stdout)',
    default: defaultFleetFile,
  },
  record: { ...fleet.record, meaning: 'ledger of the fleet to begin from what this machine knows' },
  force: { type: 'flag', meaning: 'replace an existing file' },
} as const satisfies OptionTable;

export interface FleetInitOptions extends CommandOptions<typeof initOptions> {}

/** How much of a plan is done at a time, and how much at all. */
const limits = {
  concurrency: {
    type: 'number',
    group: 'Pace',
    most: 256,
    value: 'n',
    meaning: 'number of tenants at a time',
    default: 8,
  },
  all: {
    type: 'flag',
    group: 'Pace',
    meaning: 'also repeat changes that are already in place',
  },
  canary: {
    type: 'text',
    group: 'Pace',
    value: 'name',
    meaning: 'start with this tenant, and continue only if it succeeds',
  },
  prove: {
    type: 'flag',
    group: 'Proof',
    meaning: 'continue after the canary only once a push of its certificate was confirmed',
  },
  proveUser: {
    type: 'text',
    group: 'Proof',
    value: 'name',
    meaning: 'user at the canary whose phone rings',
    default: 'the signed-in user',
  },
  proveTimeout: {
    type: 'seconds',
    group: 'Proof',
    value: 'seconds',
    meaning: 'time limit for that sign-in',
    default: 120,
  },
  maxFailures: {
    type: 'number',
    group: 'Pace',
    most: 1_000_000,
    value: 'n',
    meaning: 'stop after this many failures; running tenants finish',
  },
} as const satisfies OptionTable;

export const planOptions = {
  ...fleet,
  refresh: {
    type: 'flag',
    meaning:
      'sign in to the tenants and ask for their current state; apply does not, so a change that ' +
      'only this shows takes apply --all --only NAME',
  },
  exitCode: { type: 'flag', meaning: 'exit with 8 if there are changes' },
  out: {
    type: 'text',
    group: 'Saved plan',
    value: 'file',
    kind: 'file',
    meaning: 'save the plan, for fleet apply --plan; the options below go into it',
  },
  validFor: {
    type: 'text',
    group: 'Saved plan',
    value: 'duration',
    meaning: 'how long the saved plan is valid, at most 14d',
    default: '24h',
  },
  ...limits,
  hook: { ...hookOptions.hook, meaning: 'program that apply runs at the end' },
  hookArg: hookOptions.hookArg,
  ...judgingOptions,
  force: { type: 'flag', group: 'Checks', meaning: 'plan despite findings' },
} as const satisfies OptionTable;

/** The options that only a saved plan keeps. */
export const planTerms = [
  'validFor',
  'concurrency',
  'all',
  'canary',
  'prove',
  'proveUser',
  'proveTimeout',
  'maxFailures',
  'hook',
] as const satisfies readonly (keyof typeof planOptions)[];

export interface FleetPlanOptions extends CommandOptions<typeof planOptions> {}

export const applyOptions = {
  ...fleet,
  plan: {
    type: 'text',
    group: 'Saved plan',
    value: 'file',
    kind: 'file',
    meaning: 'do exactly what this saved plan says (- for stdin)',
  },
  approve: {
    type: 'text',
    group: 'Saved plan',
    value: 'hash',
    meaning: 'SHA-256 of the plan that you approve; without it, a terminal asks',
  },
  ...limits,
  verify: { type: 'flag', group: 'Checks', meaning: 'ask APNs about each certificate first' },
  yes: { type: 'flag', meaning: 'do not ask' },
  out: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: 'write the report to this file as JSON; replaced if it exists',
  },
  ...judgingOptions,
  force: { type: 'flag', group: 'Checks', meaning: 'send even if the checks find problems' },
  ...hookOptions,
} as const satisfies OptionTable;

export interface ApplyOptions extends CommandOptions<typeof applyOptions> {}

export const statusOptions = {
  ...fleet,
  record: { ...fleet.record, type: 'series' },
  warnDays: {
    type: 'days',
    group: 'Checks',
    value: 'days',
    meaning: 'exit with 4 if this many days or fewer are left',
    default: `as in the fleet file, else ${judgingOptions.warnDays.default}`,
  },
  format: {
    type: 'choice',
    group: 'Output',
    value: 'format',
    choices: ['table', 'html', 'ics', 'csv', 'prometheus', 'github'],
    meaning: 'output format',
    default: 'the extension of --out, else table',
  },
  out: {
    type: 'text',
    group: 'Output',
    value: 'file',
    kind: 'file',
    meaning: 'file to write; replaced if it exists',
  },
  refresh: { type: 'flag', meaning: 'sign in to the tenants and ask for their current state' },
  ...alertOptions,
} as const satisfies OptionTable;

export interface FleetStatusOptions extends CommandOptions<typeof statusOptions> {}

export const mergeOptions = {
  reports: {
    type: 'arguments',
    kind: 'file',
    meaning: 'JSON reports of fleet plan or apply (- for stdin)',
  },
} as const satisfies OptionTable;

export interface MergeOptions extends CommandOptions<typeof mergeOptions> {}
