import { appId, clientId } from '../directory.ts';
import { defaultRoles, serviceUser } from '../people.ts';
import type { StoredApplication } from './stored-application.ts';

interface FirstApplicationOptions {
  readonly redirectUris: readonly string[];
  readonly accessTokenSeconds: number;
}

/** The application that every emulator has: for mfa-cli's people and its service user. */
export function firstApplication({
  redirectUris,
  accessTokenSeconds,
}: FirstApplicationOptions): StoredApplication {
  return {
    key: 'c0ffee00-0000-4000-8000-00000000000a',
    document: {
      Name: 'mfa-cli',
      ServiceName: appId,
      Description: 'The application of mfa-cli',
      OAuthProfile: {
        TargetIsUs: true,
        ClientIDType: 0,
        AllowPublic: true,
        AllowedClients: [clientId],
        Redirects: redirectUris,
        TokenType: 'JwtRS256',
        TokenLifetimeString: timeSpan(accessTokenSeconds),
        AllowedAuth: 'AuthorizationCode,ClientCreds',
        AllowRefresh: true,
        RefreshLifetimeString: '30.00:00:00',
        Confirm: true,
        KnownScopes: [
          { Scope: 'all', Description: 'Everything', Mode: 'RestFilter', AllowedRest: ['.*'] },
          {
            Scope: 'apns',
            Description: 'Push certificates',
            Mode: 'RestFilter',
            AllowedRest: ['/?Mobile/(Set|Delete)ApnsCertForClientApp'],
          },
        ],
      },
    },
    grants: [
      ...defaultRoles
        .filter(({ type }) => type === 'Everybody')
        .map(({ id }) => ({ principal: 'Role' as const, id, rights: ['View', 'Execute'] as const })),
      { principal: 'User', id: serviceUser.uuid, rights: ['View', 'Execute'] },
    ],
  };
}

/** As .NET writes it: `0.05:00:00`. */
function timeSpan(seconds: number): string {
  const pad = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days}.${pad((seconds % 86_400) / 3600)}:${pad((seconds % 3600) / 60)}:${pad(seconds % 60)}`;
}
