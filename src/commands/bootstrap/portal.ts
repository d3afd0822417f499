import type { StepName } from './step.ts';

/** The administrative right that a step takes, and how it is done by hand. */
interface ByHand {
  readonly right: string;
  readonly way: string;
}

const apps = 'Apps & Widgets > Web Apps (newer: Manage > Identities > Web apps)';
const roles = 'Core Services > Roles';

const byHand: Readonly<Record<StepName, ByHand>> = {
  application: {
    right: 'Application Management',
    way: `${apps} > Add Web Apps > Custom > OAuth2 Client; Settings: Application ID; Tokens: JwtRS256, Auth Code, Issue refresh tokens`,
  },
  client: {
    right: 'Application Management',
    way: `${apps} > the application > General Usage: Client ID Type List, Allowed Clients`,
  },
  redirect: {
    right: 'Application Management',
    way: `${apps} > the application > General Usage: Allowed Redirects`,
  },
  scope: { right: 'Application Management', way: `${apps} > the application > Scope: Add` },
  role: { right: 'Role Management', way: `${roles} > Add Role` },
  right: {
    right: 'Role Management',
    way: `${roles} > the role > Administrative Rights > Add: Device Management`,
  },
  permission: {
    right: 'Application Management',
    way: `${apps} > the application > Permissions > Add: the role, with View and Run`,
  },
  member: { right: 'Role Management', way: `${roles} > the role > Members > Add` },
  'pipeline-application': {
    right: 'Application Management',
    way: `${apps} > Add Web Apps > Custom > OAuth2 Client; General Usage: Client ID Type Confidential, Must be OAuth Client; Tokens: JwtRS256, Client Creds`,
  },
  'pipeline-permission': {
    right: 'Application Management',
    way: `${apps} > the application for pipelines > Permissions > Add: the role, with View and Run`,
  },
  'service-user': {
    right: 'User Management',
    way: 'Core Services > Users > Add User: Is service user, Is OAuth confidential client, Password never expires',
  },
  'service-member': {
    right: 'Role Management',
    way: `${roles} > the role > Members > Add: the service user`,
  },
};

/** Where the portal takes a thing away by hand. */
const takenByHand: Readonly<Partial<Record<StepName, string>>> = {
  application: `${apps} > the application > Actions > Delete; where it is another's: its Scope, Allowed Clients and Allowed Redirects`,
  permission: `${apps} > the application > Permissions > the role > Delete`,
  role: `${roles} > the role > Actions > Delete`,
  'pipeline-application': `${apps} > the application for pipelines > Actions > Delete`,
  'service-user': 'Core Services > Users > the service user > Actions > Delete',
};

/** @param removes whether the step takes something away */
export function stepByHand(step: StepName, removes: boolean): ByHand {
  const { right, way } = byHand[step];
  return { right, way: removes ? (takenByHand[step] ?? way) : way };
}
