import { randomBytes } from 'node:crypto';
import { type Route, readBody, sendPage } from '../http.ts';
import { errorPage, identityProviderPage, signedInPage } from '../pages.ts';
import { Shelf } from '../shelf.ts';
import type { World } from '../world.ts';
import { digits, type ProvedUser } from './sessions.ts';

/** A sign-in at the company's identity provider, in a browser. */
export interface FederatedSignIn extends ProvedUser {
  /** The client's key for the sign-in. */
  readonly sessionId: string;
  /** The last segment of the address in the browser. */
  readonly shortId: string;
  readonly isSignedIn: boolean;
  /** The PIN that the browser then shows, to be entered in the client; null: none. */
  readonly pin: string | null;
  readonly expiresAt: Date;
}

const lifetime = 10 * 60 * 1000;

export class FederatedSignIns {
  readonly #now: () => Date;
  readonly #signIns: Shelf<FederatedSignIn>;

  constructor(now: () => Date) {
    this.#now = now;
    this.#signIns = new Shelf(now);
  }

  start({ user, isRenewable }: ProvedUser, needsPin: boolean): FederatedSignIn {
    return this.#keep({
      user,
      isRenewable,
      sessionId: randomBytes(24).toString('base64url'),
      shortId: randomBytes(12).toString('base64url'),
      isSignedIn: false,
      pin: needsPin ? digits(6) : null,
      expiresAt: new Date(this.#now().getTime() + lifetime),
    });
  }

  findBySession(sessionId: string): FederatedSignIn | null {
    return this.#signIns.find(sessionId);
  }

  findByShortId(id: string): FederatedSignIn | null {
    return this.#signIns.items().find(({ shortId }) => shortId === id) ?? null;
  }

  noteSignedIn(signIn: FederatedSignIn): FederatedSignIn {
    return this.#keep({ ...signIn, isSignedIn: true });
  }

  end({ sessionId }: FederatedSignIn): void {
    this.#signIns.remove(sessionId);
  }

  #keep(signIn: FederatedSignIn): FederatedSignIn {
    this.#signIns.put(signIn.sessionId, signIn);
    return signIn;
  }
}

const routePath = '/emulator/idp/*';

/** The page of the identity provider. */
export function identityProviderRoutes(
  signIns: FederatedSignIns,
  { directory, autoApprove }: World,
): readonly Route[] {
  const answer: Route['answer'] = async (request, response) => {
    const body = await readBody(request);
    const signIn = signIns.findByShortId(shortIdIn(request.url ?? ''));
    if (signIn === null) {
      const lead = 'Start again where you started signing in.';
      return sendPage(response, 404, errorPage('This sign-in has expired', lead));
    }
    const name = signIn.user.user;
    const isForm = request.method === 'POST';
    const password = new URLSearchParams(body).get('password') ?? '';
    const isProved = isForm
      ? directory.signIn(name, password) !== null
      : autoApprove || signIn.isSignedIn;
    if (isProved) {
      const { pin } = signIns.noteSignedIn(signIn);
      return sendPage(response, 200, signedInPage(pin));
    }
    const failure = isForm ? 'The password is not correct.' : null;
    sendPage(response, 200, identityProviderPage(name, failure));
  };
  return [
    { method: 'GET', path: routePath, listedAs: routePath, answer },
    { method: 'POST', path: routePath, listedAs: routePath, answer },
  ];
}

function shortIdIn(target: string): string {
  return /^[^?]*\/([^/?]*)/.exec(target)?.[1] ?? '';
}
