import { type Call, CallFailure, type Send } from './device-calls.ts';
import type { Memory, Remembered, Wish } from './memory.ts';
import {
  answerChallenge,
  createHistory,
  enrollPhone,
  type History,
  type Listening,
  listen,
  newEnrollment,
} from './pushes.ts';
import {
  authorizationAddress,
  beginSignIn,
  createCall,
  readReturn,
  redeemCode,
  revokeSession,
} from './sign-in.ts';

/** It is nobody's, speaks with the tenant, has lost its session, is not known to the tenant, or waits for pushes. */
type Stage = 'new' | 'busy' | 'signed-out' | 'unenrolled' | 'listening';

export interface PhoneState extends Pick<Remembered, 'wish' | 'enrollment' | 'notifications' | 'happenings'> {
  readonly stage: Stage;
  /** Whether the tenant has not answered lately. */
  readonly isLost: boolean;
  readonly failure: string | null;
}

/** What a phone needs of the world around it; the time in milliseconds since 1970. */
export interface PhoneParts extends Pick<Listening, 'inPlace' | 'pause'> {
  readonly origin: string;
  readonly send: Send;
  readonly memory: Memory;
  now(): number;
  go(address: string): void;
  changed(state: PhoneState): void;
}

const storesNothing =
  'This browser stores nothing for this page, so the phone cannot sign in: allow cookies and site data here.';

/** A phone in the browser, an iPhone that sends what the vendor's iOS library sends. */
export type Phone = ReturnType<typeof createPhone>;

export function createPhone(parts: PhoneParts) {
  const { origin, send, memory, now } = parts;
  const history = createHistory(memory, now);
  const call = createCall(send, {
    get: () => memory.now.session,
    set: (session) => memory.keep({ session }),
  });
  const status = createStatus(parts, history);
  const { show, fail } = status;
  const inside = { parts, history, call, status };

  /** Goes on from what is remembered. */
  const resume = async (): Promise<void> => {
    const { session, enrollment } = memory.now;
    if (session === null) return show(enrollment === null ? 'new' : 'signed-out');
    if (enrollment?.user !== session.user) return enroll(inside);
    if (enrollment.otp === null) return show('unenrolled');
    void wait(inside, enrollment.deviceToken);
  };

  return {
    /** @param query what the browser came with: from a sign-in, or empty */
    async start(query: string): Promise<void> {
      history.reopen();
      const { pending } = memory.now;
      const back = readReturn(query, pending);
      if (back?.failure !== undefined) {
        await resume();
        return show(status.stage, back.failure);
      }
      if (back === null || pending === null) return resume();
      show('busy');
      memory.keep({ pending: null });
      try {
        const session = await redeemCode(send, origin, back.code, pending);
        memory.keep({ session });
        history.tell(`Signed in as ${session.user}.`);
      } catch (error) {
        return fail(error, memory.now.enrollment === null ? 'new' : 'signed-out');
      }
      return resume();
    },
    /** Sends the browser to the tenant's sign-in. */
    signIn(wish: Wish): void {
      const pending = beginSignIn();
      // The page is left meanwhile: without what it has begun, it could not go on when the browser comes back.
      if (memory.keep({ wish, pending })) parts.go(authorizationAddress(origin, pending, wish.user));
      else show(status.stage, storesNothing);
    },
    enroll: (): Promise<void> => enroll(inside),
    answer: (id: number, accepted: boolean): Promise<void> => answerPush(inside, id, accepted),
    clear(id: number): void {
      history.clear(id);
      status.update();
    },
    /** Takes the phone away from the tenant, signs it out and forgets it. */
    remove: (): Promise<void> => remove(inside),
  };
}

/** What a phone shows of itself, and where failures lead. */
function createStatus({ memory, changed }: PhoneParts, history: History) {
  let [stage, isLost, failure]: [Stage, boolean, string | null] = ['new', false, null];
  let listening = new AbortController();
  const update = (): void => changed({ ...memory.now, stage, isLost, failure });
  const show = (next: Stage, why: string | null = null): void => {
    [stage, failure] = [next, why];
    update();
  };
  /** Shows it as one whose tenant is not missed. */
  const settle = (next: Stage, why: string | null = null): void => {
    isLost = false;
    show(next, why);
  };
  const stop = (): void => listening.abort();
  return {
    update,
    show,
    get stage() {
      return stage;
    },
    stop,
    /** Ends the waiting of before. @returns aborted when the next one is to end */
    begin(): AbortSignal {
      stop();
      listening = new AbortController();
      return listening.signal;
    },
    reached(answers: boolean): void {
      if (isLost === !answers) return;
      isLost = !answers;
      history.tell(answers ? 'The tenant answers again.' : 'The tenant does not answer.');
      update();
    },
    settle,
    /** Goes where a failure leads. @throws what is none */
    fail(error: unknown, otherwise: Stage): void {
      if (!(error instanceof CallFailure)) throw error;
      history.tell(error.message);
      if (error.kind === 'signed-out') {
        stop();
        memory.keep({ session: null });
        settle('signed-out');
      } else show(otherwise, error.message);
    },
  };
}

interface Inside {
  readonly parts: PhoneParts;
  readonly history: History;
  readonly call: Call;
  readonly status: ReturnType<typeof createStatus>;
}

async function wait({ parts, history, call, status }: Inside, deviceToken: string): Promise<void> {
  const signal = status.begin();
  status.show('listening');
  const received: Listening['received'] = (push) => {
    history.add(push);
    history.tell(`A push for ${push.topic} came.`);
    status.update();
  };
  try {
    await listen({ ...parts, received, reached: status.reached, call, deviceToken }, signal);
  } catch (error) {
    status.fail(error, 'unenrolled');
  }
}

async function enroll(inside: Inside): Promise<void> {
  const { parts, history, call, status } = inside;
  const { session, wish, enrollment } = parts.memory.now;
  if (session === null || wish === null) return status.show('new');
  const own = enrollment?.user === session.user ? enrollment : newEnrollment(session.user);
  // Pushes of before are for keys that the tenant is about to replace.
  parts.memory.keep({ enrollment: { ...own, otp: null }, notifications: [] });
  status.show('busy');
  try {
    parts.memory.keep({ enrollment: await enrollPhone(call, own, wish) });
  } catch (error) {
    return status.fail(error, 'unenrolled');
  }
  history.tell(`Enrolled for ${session.user}, with a push token for ${wish.bundleId}.`);
  void wait(inside, own.deviceToken);
}

async function answerPush(
  { parts: { memory, now }, history, call, status }: Inside,
  id: number,
  accepted: boolean,
): Promise<void> {
  const { challenge = null, state } = history.find(id) ?? {};
  const otp = memory.now.enrollment?.otp ?? null;
  if (state !== 'waiting' || challenge === null || otp === null) return;
  history.change(id, { state: 'sending', refusal: null });
  status.update();
  const word = accepted ? 'Approved' : 'Denied';
  try {
    await answerChallenge(call, otp, { challenge, accepted, at: now() });
    history.change(id, { state: accepted ? 'approved' : 'denied' });
    history.tell(`${word}, and the tenant accepted it.`);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    history.change(id, { state: 'waiting', refusal: error.message });
    if (error.kind === 'signed-out') return status.fail(error, status.stage);
    history.tell(`${word}, but the tenant did not accept it: ${error.message}`);
  }
  status.update();
}

async function remove({ parts: { memory, send }, call, status }: Inside): Promise<void> {
  const { enrollment } = memory.now;
  status.stop();
  status.show('busy');
  let left: string | null = null;
  try {
    if (enrollment !== null)
      await call({ path: `/Mobile/DeleteDevice?deviceID=${encodeURIComponent(enrollment.udid)}` });
    if (memory.now.session !== null) await revokeSession(send, memory.now.session);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    left = `It is removed here, but the tenant may still have it: ${error.message}`;
  }
  memory.forget();
  status.settle('new', left);
}
