import { CliError, hasCode, restated } from '../../errors/cli-error.ts';
import type { FieldChange } from '../../tenant/administration/field-change.ts';
import { callFilters } from '../../tenant/administration/scopes.ts';

export interface Wanted {
  readonly appId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  /** Whether the scope allows the calls that read settings back. */
  readonly readBack: boolean;
  /** Whether the scope allows the call that lists the enrolled phones. */
  readonly devices: boolean;
  readonly role: string;
  /**
   * Description of the right to manage push certificates; null: chosen from the tenant's
   * list.
   */
  readonly right: string | null;
  readonly member: string | null;
  readonly serviceUser: string | null;
  readonly secretFile: string | null;
}

/** Marks everything that `bootstrap` makes. */
export const madeByUs = 'Made by mfa-cli bootstrap.';

export function isMarked(description: unknown): boolean {
  return typeof description === 'string' && description.includes(madeByUs);
}

/**
 * An application's clients are all confidential or all public, so pipelines need an
 * application of their own.
 */
export function pipelineAppId({ appId }: Pick<Wanted, 'appId'>): string {
  return `${appId}-pipelines`;
}

/** The display name by which the service user is recognized. */
export function serviceUserTitle({ appId }: Pick<Wanted, 'appId'>): string {
  return `Pipelines of ${appId}. ${madeByUs}`;
}

/** The calls that the commands need, as an application's scope names them. */
export function neededApis({
  readBack,
  devices,
}: Pick<Wanted, 'readBack' | 'devices'>): readonly string[] {
  const { certificates, user, settings, queries } = callFilters;
  return [...certificates, ...user, ...(readBack ? settings : []), ...(devices ? queries : [])];
}

const applications = 'Application Management';
const ofRoles = 'Role Management';
const users = 'User Management';

/** The steps in their order, and the administrative right that each needs. */
const rights = {
  application: applications,
  client: applications,
  redirect: applications,
  scope: applications,
  role: ofRoles,
  right: ofRoles,
  permission: applications,
  member: ofRoles,
  'pipeline-application': applications,
  'pipeline-permission': applications,
  'service-user': users,
  'service-member': ofRoles,
} as const;

export type StepName = keyof typeof rights;

export interface Step {
  readonly step: StepName;
  /** The tenant's name for it. */
  readonly name: string;
  readonly action: 'create' | 'change' | 'keep' | 'remove';
  readonly changes: readonly FieldChange[];
}

export function stepOf(
  step: StepName,
  name: string,
  exists: boolean,
  changes: readonly FieldChange[] = [],
): Step {
  const change = changes.length > 0 ? 'change' : 'keep';
  return { step, name, action: exists ? change : 'create', changes };
}

/** Errors that explain themselves: no step is at fault. */
const ownWords = [
  'interrupted',
  'usage',
  'prompt-unavailable',
  'file-exists',
  'file-unwritable',
] as const;

/** Runs a part of a step; its failure names the step and the right it needs. */
export async function atStep<T>(
  step: Pick<Step, 'step' | 'name'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || hasCode(error, ...ownWords)) throw error;
    throw failedStep(step, error);
  }
}

export function failedStep({ step, name }: Pick<Step, 'step' | 'name'>, error: CliError): CliError {
  const message = `Step ${step}${name === '' ? '' : ` (${name})`}: ${error.message}`;
  return hasCode(error, 'tenant-refused', 'tenant-forbidden', 'session-expired', 'outcome-unknown')
    ? restated(error, { message, facts: { step, right: rights[step] } })
    : restated(error, { message });
}
