import { randomBytes } from 'node:crypto';
import { createShelf } from '../bounded.ts';
import { type Answering, type Route, readBody, sendPage } from '../http.ts';
import { errorPage, identityProviderPage, signedInPage } from '../pages.ts';
import type { World } from '../world.ts';
import { digits } from './mechanisms.ts';
import type { Proved } from './sessions.ts';

/** A sign-in at a company's identity provider. */
interface FederatedSignIn extends Proved {
  /** The client's key for the sign-in. */
  readonly sessionId: string;
  /** The last segment of the address in the browser. */
  readonly shortId: string;
  readonly wantsPin: boolean;
  readonly signedIn: boolean;
  /** The PIN that the browser shows after the sign-in, for the user to enter in the client; else null. */
  readonly pin: string | null;
  readonly expiresAt: Date;
}

const lifetime = 10 * 60 * 1000;

export type FederatedSignIns = ReturnType<typeof createFederatedSignIns>;

export function createFederatedSignIns(now: () => Date) {
  const all = createShelf<FederatedSignIn>(now);
  const keep = (signIn: FederatedSignIn): FederatedSignIn => {
    all.put(signIn.sessionId, signIn);
    return signIn;
  };
  return {
    start: (who: Proved, wantsPin: boolean): FederatedSignIn =>
      keep({
        ...who,
        wantsPin,
        sessionId: randomBytes(24).toString('base64url'),
        shortId: randomBytes(12).toString('base64url'),
        signedIn: false,
        pin: null,
        expiresAt: new Date(now().getTime() + lifetime),
      }),
    findBySession: all.find,
    findByShortId: (id: string): FederatedSignIn | null =>
      all.items().find(({ shortId }) => shortId === id) ?? null,
    noteSignedIn: (signIn: FederatedSignIn): FederatedSignIn =>
      keep({ ...signIn, signedIn: true, pin: signIn.wantsPin ? (signIn.pin ?? digits(6)) : null }),
    end: ({ sessionId }: FederatedSignIn): void => void all.remove(sessionId),
  };
}

const path = '/emulator/idp/*';

export function identityProviderRoutes(
  federated: FederatedSignIns,
  { directory, autoApprove }: World,
): readonly Route[] {
  const route = (
    method: Route['method'],
    answer: (signIn: FederatedSignIn, body: string, response: Answering) => void,
  ): Route => ({
    method,
    path,
    listedAs: path,
    async answer(request, response) {
      const body = await readBody(request);
      const signIn = federated.findByShortId(/^[^?]*\/([^/?]*)/.exec(request.url ?? '')?.[1] ?? '');
      if (signIn !== null) return answer(signIn, body, response);
      const expired = errorPage('This sign-in has expired', 'Start again where you started signing in.');
      sendPage(response, 404, expired);
    },
  });
  const finish = (signIn: FederatedSignIn, response: Answering): void =>
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
