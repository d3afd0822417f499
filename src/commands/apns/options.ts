import type { OptionDeclaration, OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import {
  alertOptions,
  apnsOptions,
  clientAppKey,
  connectionOptions,
  hookOptions,
  judgingOptions,
  p12FileOptions,
  record,
  tokenKeyOptions,
  topic,
} from '../../settings/options.ts';

export const environments = ['production', 'sandbox'] as const;

export const apnsHostInPlace = {
  type: 'text',
  group: 'APNs',
  value: 'host:port',
  meaning: "host in place of Apple's",
  setting: 'apns-host',
} as const satisfies OptionDeclaration;

export const yes = { type: 'flag', meaning: 'do not ask' } as const satisfies OptionDeclaration;

/** The command judges it, before it asks for anything. */
const proveTimeout = {
  type: 'text',
  value: 'seconds',
  kind: 'number',
  meaning: 'time limit for the sign-in',
  default: 120,
} as const satisfies OptionDeclaration;

export const noVerify = {
  type: 'negation',
  group: 'APNs',
  meaning: 'do not ask APNs',
} as const satisfies OptionDeclaration;

/** How and where a certificate is sent. */
export const sendingOptions = {
  sendAs: {
    type: 'choice',
    group: 'Sending',
    value: 'form',
    choices: ['json', 'form', 'query'],
    meaning: 'how to encode the parameters',
    default: 'json, then form if the tenant reports a missing parameter',
  },
  ...connectionOptions,
  record,
} as const satisfies OptionTable;

const servedEnvironment = {
  type: 'choice',
  group: 'Checks',
  value: 'name',
  choices: environments,
  meaning: 'environment that the certificate must serve',
} as const satisfies OptionDeclaration;

export const setOptions = {
  ...p12FileOptions,
  topic: { ...topic, group: 'Sending' },
  clientAppKey: { ...clientAppKey, meaning: 'client app key', default: 'the topic' },
  environment: servedEnvironment,
  owner: {
    type: 'text',
    group: 'Ledger',
    value: 'text',
    meaning: 'whose certificate it is, for the ledger',
    default: 'as before',
  },
  ticket: {
    type: 'text',
    group: 'Ledger',
    value: 'text',
    meaning: 'ticket of this change, for the ledger',
  },
  dryRun: {
    type: 'flag',
    group: 'Sending',
    meaning: 'check everything, but send nothing; needs no session',
  },
  force: { type: 'flag', group: 'Checks', meaning: 'send even if the checks find problems' },
  yes: { ...yes, group: 'Sending' },
  verify: {
    type: 'either',
    group: 'APNs',
    meaning:
      'ask APNs first, and stop unless it accepts the certificate; without this option, mfa-cli ' +
      'asks in a terminal only, and continues if APNs does not answer',
    negation: noVerify.meaning,
  },
  refresh: {
    type: 'flag',
    group: 'Sending',
    meaning:
      'ask the tenant for its latest client app key first, and for its topic afterwards; ' +
      'not every tenant reports them',
  },
  prove: {
    type: 'flag',
    group: 'Proof',
    meaning: 'afterwards, prove it with a push sign-in as you (see apns prove)',
  },
  proveTimeout: { ...proveTimeout, group: 'Proof' },
  apnsHost: apnsHostInPlace,
  ...judgingOptions,
  ...sendingOptions,
  ...hookOptions,
} as const satisfies OptionTable;

export interface SetOptions extends CommandOptions<typeof setOptions> {}

export const deleteOptions = {
  key: { type: 'optional-argument', meaning: 'client app key, such as com.example.app' },
  clientAppKey: { ...clientAppKey, meaning: 'client app key, in place of the argument' },
  dryRun: {
    type: 'flag',
    group: 'Sending',
    meaning: 'check everything, but neither send nor ask for the confirmation',
  },
  yes: { ...yes, group: 'Sending' },
  force: {
    type: 'flag',
    group: 'Sending',
    meaning:
      'without a terminal, also delete a key that the ledger lacks for this tenant; where the ' +
      'ledger has nothing of the tenant, --yes alone deletes any key',
  },
  ...sendingOptions,
  ...hookOptions,
} as const satisfies OptionTable;

export interface DeleteOptions extends CommandOptions<typeof deleteOptions> {}

export const inspectOptions = {
  ...p12FileOptions,
  environment: servedEnvironment,
  ...judgingOptions,
} as const satisfies OptionTable;

export interface InspectOptions extends CommandOptions<typeof inspectOptions> {}

export const statusOptions = {
  record: {
    ...record,
    type: 'series',
    meaning: "read this ledger in place of this machine's, without profile and session",
  },
  tenant: { ...connectionOptions.tenant, meaning: 'only this tenant' },
  allProfiles: {
    type: 'flag',
    group: 'Tenant',
    meaning: 'list every tenant of the ledger, not only that of the current profile',
  },
  warnDays: {
    ...judgingOptions.warnDays,
    meaning: 'exit with 4 if this many days or fewer are left',
  },
  refresh: {
    type: 'flag',
    group: 'Tenant',
    meaning:
      'also ask each tenant for its latest client app key and topics; not every tenant reports them',
  },
  format: {
    type: 'choice',
    group: 'Output',
    value: 'format',
    choices: ['text', 'csv', 'github', 'prometheus', 'ics', 'html'],
    meaning: 'output format',
    default: 'text',
  },
  ...alertOptions,
} as const satisfies OptionTable;

export interface StatusOptions extends CommandOptions<typeof statusOptions> {}

export const verifyOptions = {
  ...p12FileOptions,
  ...tokenKeyOptions,
  ...apnsOptions,
  topic,
  ...judgingOptions,
} as const satisfies OptionTable;

export interface VerifyOptions extends CommandOptions<typeof verifyOptions> {}

export const proveOptions = {
  user: {
    type: 'text',
    value: 'name',
    meaning: 'user who signs in',
    default: 'the signed-in user',
  },
  proveTimeout,
  ...connectionOptions,
  record,
  ...hookOptions,
} as const satisfies OptionTable;

export interface ProveOptions extends CommandOptions<typeof proveOptions> {}
