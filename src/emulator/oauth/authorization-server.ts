import type { KeyObject } from 'node:crypto';
import { type Application, platformApplication } from '../applications.ts';
import { isForm, type Route, readBody, readQuery, sendMoved } from '../http.ts';
import { type AuthorizationParts, answerAuthorization, refusedAddress } from './authorization-endpoint.ts';
import { RedirectedRefusal } from './authorization-request.ts';
import type { Asked, TenantParts } from './clients.ts';
import { OAuthRefusal, sendRefused } from './errors.ts';
import { answerIntrospection, answerRevocation, answerUserInfo } from './issued-tokens.ts';
import { answerKeys, answerMetadata, answerNamedMetadata, createProviders } from './provider.ts';
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
  const platform = platformEndpoint(platformApplication(accessTokenSeconds, parts.assumptions));
  return {
    routes: [
      ...[...endpoints, platform].flatMap((endpoint) => routesOf(endpoint, context)),
      ...signInRoutes(context),
    ],
    forgetGrants() {
      providers.forgetGrants();
      bounces.forgetAll();
      consents.forgetAll();
    },
  };
}

type Endpoint = readonly [
  methods: readonly Route['method'][],
  path: string,
  answer: (asked: Asked, context: AuthorizationParts) => Promise<void> | void,
];

const [get, post, either] = [['GET'], ['POST'], ['GET', 'POST']] as const;

/** The OAuth endpoints of every application of the tenant, at the addresses of the vendor's OpenAPI. */
const endpoints: readonly Endpoint[] = [
  [either, '/OAuth2/Authorize/*', answerAuthorization],
  [get, '/OAuth2/Confirm/*', showConsent],
  [post, '/OAuth2/Confirm/*', decideConsent],
  [post, '/OAuth2/Token/*', answerTokenRequest],
  [either, '/OAuth2/UserInfo/*', answerUserInfo],
  [post, '/OAuth2/Introspect/*', answerIntrospection],
  [post, '/OAuth2/Revoke/*', answerRevocation],
  [either, '/OAuth2/Keys/*', answerKeys],
  [either, '/OAuth2/GetMeta', answerNamedMetadata],
  [get, '/*/.well-known/openid-configuration', answerMetadata],
  [either, '/OAuth2/EndSession/*', answerEndSession],
  [either, '/OAuth2/EndSession', answerEndSession],
  // Addresses with no application, or with something after it, and the vendor's words for them.
  [either, '/OAuth2/Authorize', misaddressed('bad URL')],
  [either, '/OAuth2/Token', misaddressed('bad URL')],
  [either, '/OAuth2/Keys', misaddressed('bad URL')],
  [either, '/OAuth2/Introspect', misaddressed('bad URL')],
  [either, '/OAuth2/Revoke', misaddressed('bad URL')],
  [either, '/OAuth2/UserInfo', misaddressed('invalid app configuration')],
  [either, '/OAuth2/UserInfo/*/*', misaddressed('bad url')],
];

function misaddressed(description: string): Endpoint[2] {
  return () => {
    throw new OAuthRefusal('invalid_request', description);
  };
}

/** Client credentials without an application of an administrator's. */
function platformEndpoint(platform: Application): Endpoint {
  return [
    post,
    '/OAuth2/PlatformToken',
    (asked, context) => answerTokenRequest({ ...asked, application: platform }, context),
  ];
}

function routesOf([methods, path, answer]: Endpoint, context: AuthorizationParts): readonly Route[] {
  const { parts } = context;
  return methods.map((method) => ({
    method,
    path,
    async answer(request, response) {
      const appId = appIdIn(path, request);
      const application = parts.applications.find(appId);
      const parameters = () => readParameters(request);
      const form = async () => new URLSearchParams(await readBody(request));
      try {
        await answer({ appId, application, request, response, parameters, form }, context);
      } catch (error) {
        if (error instanceof RedirectedRefusal) sendMoved(response, refusedAddress(error, parts));
        else if (error instanceof OAuthRefusal)
          sendRefused(request, response, error.status, { ...error.body });
        else throw error;
      }
    },
  }));
}

/** The segment of the path at `*`; empty: there is none. */
function appIdIn(path: string, request: Asked['request']): string {
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
async function readParameters(request: Asked['request']): Promise<URLSearchParams> {
  const parameters = readQuery(request);
  if (request.method !== 'POST') return parameters;
  const body = await readBody(request);
  if (isForm(request)) for (const [name, value] of new URLSearchParams(body)) parameters.set(name, value);
  return parameters;
}
