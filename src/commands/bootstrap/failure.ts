import { CliError } from '../../errors/cli-error.ts';
import type { StepName } from './wanted.ts';

/** Ends that say all there is to say: no step is at fault. */
const ownWords = ['interrupted', 'usage', 'prompt-unavailable', 'file-exists', 'file-unwritable'];

/** Does a part of a step; a failure names the step, the right that it takes, and how it is done by hand. */
export async function atStep<T>(
  step: StepName,
  name: string,
  work: () => Promise<T>,
  removes = false,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || ownWords.includes(error.code)) throw error;
    throw failedStep(step, name, error, removes);
  }
}

export function failedStep(step: StepName, name: string, error: CliError, removes = false): CliError {
  const right = rights[step] ?? 'Application Management';
  const way = (removes ? takenByHand[step] : undefined) ?? byHand[step];
  return new CliError(error.code, `Step ${step}${name === '' ? '' : ` (${name})`}: ${error.message}`, {
    cause: error,
    facts: { ...error.facts, step, right, byHand: way },
  });
}

/** The administrative right that a step takes, where it is not `Application Management`. */
const rights: Readonly<Partial<Record<StepName, string>>> = {
  role: 'Role Management',
  right: 'Role Management',
  member: 'Role Management',
  'service-member': 'Role Management',
  'service-user': 'User Management',
};

const apps = 'Apps & Widgets > Web Apps (newer: Manage > Identities > Web apps)';
const roles = 'Core Services > Roles';

/** How each step is done by hand. */
const byHand: Readonly<Record<StepName, string>> = {
  application: `${apps} > Add Web Apps > Custom > OAuth2 Client; Settings: Application ID; Tokens: JwtRS256, Auth Code, Issue refresh tokens`,
  client: `${apps} > the application > General Usage: Client ID Type List, Allowed Clients`,
  redirect: `${apps} > the application > General Usage: Allowed Redirects`,
  scope: `${apps} > the application > Scope: Add`,
  role: `${roles} > Add Role`,
  right: `${roles} > the role > Administrative Rights > Add: Device Management`,
  permission: `${apps} > the application > Permissions > Add: the role, with View and Run`,
  member: `${roles} > the role > Members > Add`,
  'pipeline-application': `${apps} > Add Web Apps > Custom > OAuth2 Client; General Usage: Client ID Type Confidential, Must be OAuth Client; Tokens: JwtRS256, Client Creds`,
  'pipeline-permission': `${apps} > the application for pipelines > Permissions > Add: the role, with View and Run`,
  'service-user':
    'Core Services > Users > Add User: Is service user, Is OAuth confidential client, Password never expires',
  'service-member': `${roles} > the role > Members > Add: the service user`,
};

/** How a step that takes something away is done by hand. */
const takenByHand: Readonly<Partial<Record<StepName, string>>> = {
  application: `${apps} > the application > Actions > Delete; where it is another's: its Scope, Allowed Clients and Allowed Redirects`,
  permission: `${apps} > the application > Permissions > the role > Delete`,
  role: `${roles} > the role > Actions > Delete`,
  'pipeline-application': `${apps} > the application for pipelines > Actions > Delete`,
  'service-user': 'Core Services > Users > the service user > Actions > Delete',
};
