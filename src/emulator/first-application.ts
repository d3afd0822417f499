import type { StoredApplication } from './applications.ts';
import { appId, clientId } from './directory.ts';
import { everybody, serviceUser } from './people.ts';

/** The default application, for mfa-cli's users and its service user. */
export function firstApplication(
  redirectUris: readonly string[],
  accessTokenSeconds: number,
): StoredApplication {
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
        AllowedAuth: 'AuthorizationCode,ClientCreds',
        TokenType: 'JwtRS256',
        AllowRefresh: true,
        RefreshLifetimeString: '30.00:00:00',
        Confirm: true,
        TokenLifetimeString: timeSpan(accessTokenSeconds),
        KnownScopes: [
          scope('all', 'Everything', '.*'),
          scope('apns', 'Push certificates', '/?Mobile/(Set|Delete)ApnsCertForClientApp'),
        ],
      },
    },
    grants: [
      { principal: 'Role', id: everybody, rights: ['View', 'Execute'] },
      { principal: 'User', id: serviceUser.uuid, rights: ['View', 'Execute'] },
    ],
  };
}

function scope(name: string, description: string, apiPattern: string): object {
  return {
    Scope: name,
    Description: description,
    Mode: 'RestFilter',
    AllowedRest: [apiPattern],
  };
}

/** In .NET's form: `0.05:00:00`. */
function timeSpan(totalSeconds: number): string {
  const days = Math.floor(totalSeconds / 86_400);
  const hours = twoDigits((totalSeconds % 86_400) / 3600);
  const minutes = twoDigits((totalSeconds % 3600) / 60);
  const seconds = twoDigits(totalSeconds % 60);
  return `${days}.${hours}:${minutes}:${seconds}`;
}

function twoDigits(number: number): string {
  return String(Math.floor(number)).padStart(2, '0');
}
