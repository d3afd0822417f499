import * as v from 'valibot';
import { members } from '../../text/json.ts';

/** What somebody may do with an application. */
export interface ApplicationGrant {
  readonly principal: 'User' | 'Role';
  /** The user's UUID, or the role's ID. */
  readonly id: string;
  readonly rights: readonly ApplicationRight[];
}

/** What may be granted, with its bit. */
export const applicationRights = {
  Grant: 1,
  View: 4,
  Admin: 8,
  ViewDetail: 16,
  Delete: 64,
  Execute: 128,
  Automatic: 2 ** 31,
} as const;

export type ApplicationRight = keyof typeof applicationRights;

/** An application as an administrator wrote it. */
export interface StoredApplication {
  readonly key: string;
  /** What was sent, with the vendor's names: `Name`, `ServiceName`, `Description`, `OAuthProfile`. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly grants: readonly ApplicationGrant[];
}

/** An application of a state file. */
export const storedApplication = members({
  key: v.string(),
  document: members({}),
  grants: v.array(
    members({
      principal: v.picklist(['User', 'Role']),
      id: v.string(),
      rights: v.array(v.picklist(Object.keys(applicationRights) as ApplicationRight[])),
    }),
  ),
});

/** The members of an application except its key. */
export function describeApplication({ document }: StoredApplication): Readonly<Record<string, unknown>> {
  const name = document.Name ?? 'OAuth2 Client';
  return {
    AppType: 'Web',
    AppTypeDisplayName: 'Web - Other Type',
    WebAppType: 'OAuth',
    WebAppTypeDisplayName: 'Other Type',
    WebAppLoginType: 'OAuth2',
    TemplateName: 'OAuth2ServerClient',
    Category: 'Other',
    State: 'Active',
    ServiceName: null,
    Description: '',
    ...document,
    Name: name,
    DisplayName: name,
  };
}

/** Its application ID, or null if it has none yet. */
export function serviceNameOf({ document }: StoredApplication): string | null {
  return typeof document.ServiceName === 'string' && document.ServiceName !== ''
    ? document.ServiceName
    : null;
}
