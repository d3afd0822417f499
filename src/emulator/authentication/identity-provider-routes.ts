import type { ServerResponse } from 'node:http';
import type { Directory } from '../directory.ts';
import { readBody, sendPage } from '../http-messages.ts';
import { errorPage, identityProviderPage, signedInPage } from '../pages.ts';
import type { Route } from '../route.ts';
import type { FederatedSignIn, FederatedSignIns } from './identity-provider.ts';

const path = '/emulator/idp/*';

/** A company's identity provider, as far as a browser sees it. */
export function identityProviderRoutes(
  federated: FederatedSignIns,
  directory: Directory,
  autoApprove: boolean,
): readonly Route[] {
  const route = (
    method: Route['method'],
    answer: (signIn: FederatedSignIn, body: string, response: ServerResponse) => void,
  ): Route => ({
    method,
    path,
    listedAs: path,
    async answer(request, response) {
      const body = await readBody(request);
      const signIn = federated.findByShortId(/[^/?]*(?=\?|$)/.exec(request.url ?? '')?.[0] ?? '');
      if (signIn === null)
        return sendPage(
          response,
          404,
          errorPage('This sign-in has expired', 'Begin again where you began to sign in.'),
        );
      answer(signIn, body, response);
    },
  });
  const finish = (signIn: FederatedSignIn, response: ServerResponse): void =>
    sendPage(response, 200, signedInPage(federated.noteSignedIn(signIn).pin));
  return [
    route('GET', (signIn, _body, response) => {
      if (autoApprove || signIn.signedIn) return finish(signIn, response);
      sendPage(response, 200, identityProviderPage(signIn.user.user));
    }),
    route('POST', (signIn, body, response) => {
      const password = new URLSearchParams(body).get('password') ?? '';
      if (directory.signIn(signIn.user.user, password) !== null) return finish(signIn, response);
      sendPage(response, 200, identityProviderPage(signIn.user.user, 'The password is not correct.'));
    }),
  ];
}
