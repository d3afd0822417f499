import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Application, platformApplication } from '../applications.ts';
import { isForm, isOwnPage, type Route, readBody, sendMoved } from '../http.ts';
import { type AuthorizationParts, authorize, refusedAddress } from './authorization-endpoint.ts';
import { RedirectedRefusal } from './authorization-request.ts';
import type { TenantParts } from './clients.ts';
import { OAuthRefusal, sendRefused, strangersForm } from './errors.ts';
import { answerIntrospection, answerRevocation, answerUserInfo } from './issued-tokens.ts';
import { answerKeys, answerMetadata, createProviders } from './provider.ts';
import { createBounces, createConsents } from './remembered.ts';
import { answerEndSession, decideConsent, showConsent, signInRoutes } from './sign-in-routes.ts';
import { answerTokenRequest, shapeTokenAnswers } from './token-endpoint.ts';

/** The OAuth side of the tenant: the endpoints of all applications, and the pages that people see on the way. */
interface AuthorizationServer {
  readonly routes: readonly Route[];
  /** Forgets everything granted: codes, refresh tokens, consents. */
  forgetGrants(): void;
}

interface AuthorizationOptions {
  readonly autoApprove: AuthorizationParts['autoApprove'];
  readonly accessTokenSeconds: number;
  /** Signs the tenant's tokens. */
  readonly signingKey: KeyObject;
}

export function createAuthorizationServer(
  parts: TenantParts,
  { autoApprove, accessTokenSeconds, signingKey }: AuthorizationOptions,
): AuthorizationServer {
  const providers = createProviders(parts, signingKey, (provider, application) =>
    shapeTokenAnswers(provider, application, parts),
  );
  const [bounces, consents] = [createBounces(parts.now), createConsents()];
  const context = { parts, providers, bounces, consents, autoApprove };
  return {
    routes: [...oauthRoutes(context, accessTokenSeconds), ...signInRoutes(context)],
    forgetGrants() {
      providers.forgetGrants();
      bounces.forgetAll();
      consents.forgetAll();
    },
  };
}

/** A request to an application's endpoint. */
interface Asked {
  /** As in the address. */
  readonly appId: string;
  /** Null: there is none with that ID. */
  readonly application: Application | null;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The OAuth endpoints of every application of the tenant, at the addresses of the vendor's OpenAPI. */
function oauthRoutes(context: AuthorizationParts, accessTokenSeconds: number): readonly Route[] {
  const { parts, providers } = context;
  const { applications, assumptions } = parts;
  const platform = platformApplication(accessTokenSeconds, assumptions);

  const at = (
    methods: readonly Route['method'][],
    path: string,
    answer: (asked: Asked) => Promise<void> | void,
  ): readonly Route[] =>
    methods.map((method) => ({
      method,
      path,
      async answer(request, response) {
        const appId = appIdIn(path, request);
        try {
          await answer({ appId, application: applications.find(appId), request, response });
        } catch (error) {
          if (error instanceof RedirectedRefusal) sendMoved(response, refusedAddress(error, parts));
          else if (error instanceof OAuthRefusal)
            sendRefused(request, response, error.status, { ...error.body });
          else throw error;
        }
      },
    }));
  const either = ['GET', 'POST'] as const;

  return [
    ...at(either, '/OAuth2/Authorize/*', async ({ appId, request, response }) =>
      sendMoved(response, await authorize(appId, await readParameters(request), request, context)),
    ),
    ...at(['GET'], '/OAuth2/Confirm/*', async ({ request, response }) =>
      showConsent(await readParameters(request), request, response, context),
    ),
    ...at(['POST'], '/OAuth2/Confirm/*', async ({ request, response }) => {
      // Browsers send the person's session with what a page of another port sends, too.
      if (!isOwnPage(request)) throw strangersForm();
      await decideConsent(await readParameters(request), request, response, context);
    }),
    ...at(['POST'], '/OAuth2/Token/*', ({ application, request, response }) =>
      answerTokenRequest(application, request, response, context),
    ),
    ...at(['POST'], '/OAuth2/PlatformToken', ({ request, response }) =>
      answerTokenRequest(platform, request, response, context),
    ),
    ...at(either, '/OAuth2/UserInfo/*', ({ application, appId, request, response }) =>
      answerUserInfo(application, appId, request, response, parts),
    ),
    ...at(['POST'], '/OAuth2/Introspect/*', ({ application, appId, request, response }) =>
      answerIntrospection(application, appId, request, response, context),
    ),
    ...at(['POST'], '/OAuth2/Revoke/*', ({ application, appId, request, response }) =>
      answerRevocation(application, appId, request, response, context),
    ),
    ...at(either, '/OAuth2/Keys/*', ({ application, appId, response }) =>
      answerKeys(application, appId, response, providers),
    ),
    ...at(either, '/OAuth2/GetMeta', async ({ request, response }) =>
      answerMetadata(
        applications.find((await readParameters(request)).get('serviceName') ?? ''),
        response,
        parts,
      ),
    ),
    ...at(['GET'], '/*/.well-known/openid-configuration', ({ application, response }) =>
      answerMetadata(application, response, parts),
    ),
    ...['/OAuth2/EndSession/*', '/OAuth2/EndSession'].flatMap((path) =>
      at(either, path, async ({ application, request, response }) =>
        answerEndSession(application, await readParameters(request), request, response, parts),
      ),
    ),
    ...misaddressed.flatMap(([path, description]) =>
      at(either, path, () => {
        throw new OAuthRefusal('invalid_request', description);
      }),
    ),
  ];
}

/** Addresses with no application, or with something after it, and the vendor's words for them. */
const misaddressed = [
  ['/OAuth2/Authorize', 'bad URL'],
  ['/OAuth2/Token', 'bad URL'],
  ['/OAuth2/Keys', 'bad URL'],
  ['/OAuth2/Introspect', 'bad URL'],
  ['/OAuth2/Revoke', 'bad URL'],
  ['/OAuth2/UserInfo', 'invalid app configuration'],
  ['/OAuth2/UserInfo/*/*', 'bad url'],
] as const;

/** The segment of the path at `*`; empty: there is none. */
function appIdIn(path: string, request: IncomingMessage): string {
  const index = path.split('/').indexOf('*');
  const [segments = ''] = (request.url ?? '').split('?', 1);
  const segment = index === -1 ? '' : (segments.split('/')[index] ?? '');
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The parameters of the query, and those of a form, which take precedence. */
async function readParameters(request: IncomingMessage): Promise<URLSearchParams> {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (request.method !== 'POST') return searchParams;
  const body = await readBody(request);
  if (isForm(request)) for (const [name, value] of new URLSearchParams(body)) searchParams.set(name, value);
  return searchParams;
}
