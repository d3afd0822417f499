import { randomBytes, randomInt } from 'node:crypto';
import type { User } from '../user.ts';

/** A sign-in at a company's identity provider. */
export interface FederatedSignIn {
  /** The client's key for it. */
  readonly sessionId: string;
  /** The end of the address opened in the browser. */
  readonly shortId: string;
  readonly user: User;
  /** Whether the client asked for a renewable session. */
  readonly isRenewable: boolean;
  readonly wantsPin: boolean;
  readonly signedIn: boolean;
  /** What the browser shows and the person must enter in the client, once somebody has signed in; else null. */
  readonly pin: string | null;
  readonly expiresAt: Date;
}

export interface FederatedSignIns {
  start(user: User, options: { wantsPin: boolean; isRenewable: boolean }): FederatedSignIn;
  findBySession(sessionId: string): FederatedSignIn | null;
  findByShortId(shortId: string): FederatedSignIn | null;
  noteSignedIn(signIn: FederatedSignIn): FederatedSignIn;
  end(signIn: FederatedSignIn): void;
}

const lifetime = 10 * 60 * 1000;
/** Anybody can begin one: the oldest make room. */
const kept = 1000;

export function createFederatedSignIns(now: () => Date): FederatedSignIns {
  const all = new Map<string, FederatedSignIn>();
  const current = (): readonly FederatedSignIn[] => {
    for (const { sessionId, expiresAt } of all.values()) if (expiresAt <= now()) all.delete(sessionId);
    return [...all.values()];
  };
  const keep = (signIn: FederatedSignIn): FederatedSignIn => {
    all.set(signIn.sessionId, signIn);
    const [oldest = ''] = all.keys();
    if (all.size > kept) all.delete(oldest);
    return signIn;
  };
  return {
    start: (user, { wantsPin, isRenewable }) =>
      keep({
        sessionId: randomBytes(24).toString('base64url'),
        shortId: randomBytes(12).toString('base64url'),
        user,
        isRenewable,
        wantsPin,
        signedIn: false,
        pin: null,
        expiresAt: new Date(now().getTime() + lifetime),
      }),
    findBySession: (id) => current().find(({ sessionId }) => sessionId === id) ?? null,
    findByShortId: (id) => current().find(({ shortId }) => shortId === id) ?? null,
    noteSignedIn: (signIn) =>
      keep({ ...signIn, signedIn: true, pin: signIn.wantsPin ? (signIn.pin ?? createPin()) : null }),
    end: ({ sessionId }) => void all.delete(sessionId),
  };
}

function createPin(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}
