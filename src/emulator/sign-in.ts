import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionResults } from 'oidc-provider';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { clientId, signIn } from './directory.ts';
import { readBody, sendPage } from './exchange.ts';
import { resourceOf } from './oauth-configuration.ts';
import { consentPage, errorPage, signInPage } from './pages.ts';
import type { Route } from './route.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What a person meets between the authorization request and the redirect back: a password, then consent. */
export function signInRoutes(provider: Provider, url: string): readonly Route[] {
  /** The server library finds the request by a cookie; without it there is nothing to sign in for. */
  const interactionOf = async (
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Interaction | null> => {
    try {
      return await provider.interactionDetails(request, response);
    } catch {
      sendPage(response, 400, errorPage('This sign-in has expired'));
      return null;
    }
  };
  return [
    {
      method: 'GET',
      path: '/login/*',
      async answer(request, response) {
        const interaction = await interactionOf(request, response);
        if (interaction !== null) sendPage(response, 200, pageOf(interaction));
      },
    },
    {
      method: 'POST',
      path: '/login/*',
      async answer(request, response) {
        const form = new URLSearchParams(await readBody(request));
        const interaction = await interactionOf(request, response);
        if (interaction === null) return;
        const result = await resultOf(form, interaction, provider, url);
        if (result === null) {
          sendPage(
            response,
            200,
            signInPage(form.get('user') ?? '', 'Authentication (login or challenge) has failed.'),
          );
        } else {
          await provider.interactionFinished(request, response, result);
        }
      },
    },
  ];
}

function pageOf({ prompt, session, params }: Interaction): string {
  if (prompt.name === 'login') return signInPage(String(params.login_hint ?? ''));
  return consentPage(session?.accountId ?? '', String(params.client_id), scopesOf(params));
}

/** What the form decides; null: the password is wrong. */
async function resultOf(
  form: URLSearchParams,
  { prompt, session, params }: Interaction,
  provider: Provider,
  url: string,
): Promise<InteractionResults | null> {
  const action = form.get('action');
  if (action === 'sign-in' && prompt.name === 'login') {
    const person = signIn(form.get('user') ?? '', form.get('password') ?? '');
    return person === null ? null : { login: { accountId: person.user } };
  }
  if (action === 'allow' && prompt.name === 'consent') {
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId });
    grant.addResourceScope(resourceOf(url), scopesOf(params).join(' '));
    return { consent: { grantId: await grant.save() } };
  }
  return { error: 'access_denied', error_description: 'the user denied the request' };
}

function scopesOf(params: Interaction['params']): readonly string[] {
  return String(params.scope ?? '').split(' ');
}
