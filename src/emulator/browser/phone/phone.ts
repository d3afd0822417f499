import { type Call, CallFailure, membersOf, type Send } from './device-calls.ts';
import {
  type EnrollmentRequest,
  type Memory,
  type Notification,
  readPush,
  type SavedPhone,
} from './memory.ts';
import type { PassingState, PhoneState, Stage } from './phone-state.ts';
import { answerChallenge, enrollPhone, newEnrollment } from './pushes.ts';
import {
  authorizationAddress,
  beginSignIn,
  createCall,
  finishSignIn,
  revokeSession,
} from './sign-in.ts';

/** The environment of a phone; times in milliseconds since 1970. */
export interface PhoneParts {
  readonly origin: string;
  readonly send: Send;
  readonly memory: Memory;
  now(): number;
  go(address: string): void;
  changed(state: PhoneState): void;
  /** Runs work that may keep a connection waiting only if `mayWait` is true. */
  inPlace<Result>(work: (mayWait: boolean) => Promise<Result>): Promise<Result>;
  /** Waits for that time, less if the phone becomes visible or `signal` is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const storesNothing =
  'This browser stores nothing for this page, so the phone cannot sign in. ' +
  'Allow cookies and site data for it.';

const maxNotifications = 5;
const maxActivities = 20;

/** Seconds of one request: some proxies end a longer silence. */
const maxWait = 25;

/** Milliseconds between two requests that do not wait. */
const interval = 3000;

/**
 * Milliseconds after the first request without an answer; each later one doubles them.
 */
const firstPause = 500;
const maxPause = 5000;

/** A phone in the browser: an iPhone with the requests of the vendor's iOS library. */
export class Phone {
  readonly #parts: PhoneParts;
  readonly #call: Call;
  #passing: PassingState = { stage: 'new', isLost: false, failure: null };
  #listening = new AbortController();

  constructor(parts: PhoneParts) {
    const { send, memory } = parts;
    this.#parts = parts;
    this.#call = createCall(send, memory);
  }

  get #known(): SavedPhone {
    return this.#parts.memory.now;
  }

  /**
   * Resumes from memory.
   * @param query of the address; empty unless the browser comes from a sign-in
   */
  async start(query: string): Promise<void> {
    const { memory, send, origin } = this.#parts;
    const { pending, notifications } = this.#known;
    memory.keep({ notifications: notifications.map(reopened) });
    let failure: string | null = null;
    try {
      if (query !== '') this.#show({ stage: 'busy' });
      const session = await finishSignIn(send, origin, query, pending);
      if (session !== null) {
        memory.keep({ session, pending: null });
        this.#log(`Signed in as ${session.user}.`);
      }
    } catch (error) {
      failure = failureOf(error).message;
      this.#log(failure);
    }
    await this.#resume();
    if (failure !== null) this.#show({ failure });
  }

  signIn(request: EnrollmentRequest): void {
    const { memory, origin, go } = this.#parts;
    const pending = beginSignIn();
    // The phone needs the pending sign-in when the browser returns to this page.
    const isStored = memory.keep({ request, pending });
    if (isStored) go(authorizationAddress(origin, pending, request.user));
    else this.#show({ failure: storesNothing });
  }

  async enroll(): Promise<void> {
    const { session, request, enrollment } = this.#known;
    if (session === null || request === null) return this.#show({ stage: 'new' });
    const own = enrollment?.user === session.user ? enrollment : newEnrollment(session.user);
    // Earlier pushes need keys that the tenant is about to replace.
    this.#parts.memory.keep({ enrollment: { ...own, otp: null }, notifications: [] });
    this.#show({ stage: 'busy' });
    try {
      this.#keep({ enrollment: await enrollPhone(this.#call, own, request) });
    } catch (error) {
      return this.#fail(error, 'unenrolled');
    }
    this.#log(`Enrolled for ${session.user}, with a push token for ${request.bundleId}.`);
    void this.#wait(own.deviceToken);
  }

  async answer(id: number, accepted: boolean): Promise<void> {
    const { notifications, enrollment } = this.#known;
    const { challenge = null, state } = notifications.find((one) => one.id === id) ?? {};
    const otp = enrollment?.otp ?? null;
    if (state !== 'waiting' || challenge === null || otp === null) return;
    this.#change(id, { state: 'sending', refusal: null });
    const word = accepted ? 'Approved' : 'Denied';
    try {
      await answerChallenge(this.#call, otp, { challenge, accepted, at: this.#parts.now() });
      this.#log(`${word}. The tenant accepted the answer.`);
      this.#change(id, { state: accepted ? 'approved' : 'denied' });
    } catch (error) {
      const { kind, message } = failureOf(error);
      this.#change(id, { state: 'waiting', refusal: message });
      if (kind === 'signed-out') return this.#fail(error, this.#passing.stage);
      this.#log(`${word}, but the tenant did not accept it: ${message}`);
    }
  }

  clear(id: number): void {
    this.#keep({ notifications: this.#known.notifications.filter((one) => one.id !== id) });
  }

  /** Removes the phone from the tenant, signs it out and forgets it. */
  async remove(): Promise<void> {
    const { enrollment } = this.#known;
    this.#listening.abort();
    this.#show({ stage: 'busy' });
    let failure: string | null = null;
    try {
      if (enrollment !== null)
        await this.#call({
          path: `/Mobile/DeleteDevice?deviceID=${encodeURIComponent(enrollment.udid)}`,
        });
      if (this.#known.session !== null) await revokeSession(this.#parts.send, this.#known.session);
    } catch (error) {
      const { message } = failureOf(error);
      failure = `The phone was removed here, but the tenant may still have it: ${message}`;
    }
    this.#parts.memory.forget();
    this.#show({ stage: 'new', isLost: false, failure });
  }

  async #resume(): Promise<void> {
    const { session, enrollment } = this.#known;
    if (session === null) return this.#show({ stage: enrollment === null ? 'new' : 'signed-out' });
    if (enrollment?.user !== session.user) return this.enroll();
    if (enrollment.otp === null) return this.#show({ stage: 'unenrolled' });
    void this.#wait(enrollment.deviceToken);
  }

  async #wait(deviceToken: string): Promise<void> {
    this.#listening.abort();
    this.#listening = new AbortController();
    this.#show({ stage: 'listening' });
    try {
      await this.#listen(deviceToken, this.#listening.signal);
    } catch (error) {
      this.#fail(error, 'unenrolled');
    }
  }

  /**
   * Waits for pushes until aborted, also while the tenant does not answer.
   * @throws {CallFailure} signed-out, refused
   */
  async #listen(deviceToken: string, signal: AbortSignal): Promise<void> {
    const { inPlace, pause } = this.#parts;
    let losses = 0;
    while (!signal.aborted) {
      const isConnected = losses === 0;
      try {
        const { push, wait } = await inPlace((mayWait) =>
          this.#takePush(deviceToken, mayWait && isConnected ? maxWait : 0, signal),
        );
        if (signal.aborted) return;
        losses = 0;
        this.#noteAnswer(true);
        if (push !== null) this.#receive(membersOf(push));
        else if (wait === 0 && isConnected) await pause(interval, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (failureOf(error).kind !== 'unreachable') throw error;
        this.#noteAnswer(false);
        await pause(Math.min(firstPause * 2 ** losses, maxPause), signal);
        losses += 1;
      }
    }
  }

  /** Like iOS for an app: the oldest push for the token. @param wait seconds */
  async #takePush(deviceToken: string, wait: number, signal: AbortSignal): Promise<TakenPush> {
    const timeout = AbortSignal.timeout((wait + 10) * 1000);
    const { Result } = await this.#call({
      path: '/emulator/pushes',
      body: { DeviceToken: deviceToken, Wait: wait },
      signal: AbortSignal.any([signal, timeout]),
    });
    return { push: Result ?? null, wait };
  }

  #noteAnswer(isAnswered: boolean): void {
    if (this.#passing.isLost === !isAnswered) return;
    this.#log(isAnswered ? 'The tenant answers again.' : 'The tenant does not answer.');
    this.#show({ isLost: !isAnswered });
  }

  #receive({ topic, payload }: Readonly<Record<string, unknown>>): void {
    const others = this.#known.notifications;
    const id = Math.max(0, ...others.map((one) => one.id)) + 1;
    const received: Notification = {
      ...readPush(String(topic), payload),
      id,
      at: this.#parts.now(),
      state: 'waiting',
      refusal: null,
    };
    this.#log(`Received a push for ${topic}.`);
    this.#keep({ notifications: [received, ...others].slice(0, maxNotifications) });
  }

  /** Shows a failure and the stage that it leads to. @throws any other error */
  #fail(error: unknown, stage: Stage): void {
    const { kind, message } = failureOf(error);
    this.#log(message);
    if (kind === 'signed-out') {
      this.#listening.abort();
      this.#parts.memory.keep({ session: null });
      this.#show({ stage: 'signed-out', isLost: false });
    } else this.#show({ stage, failure: message });
  }

  #change(id: number, changes: Partial<Pick<Notification, 'state' | 'refusal'>>): void {
    const { notifications } = this.#known;
    this.#keep({
      notifications: notifications.map((one) => (one.id === id ? { ...one, ...changes } : one)),
    });
  }

  #log(text: string): void {
    const activity = [...this.#known.activity, { at: this.#parts.now(), text }];
    this.#keep({ activity: activity.slice(-maxActivities) });
  }

  #keep(changes: Partial<SavedPhone>): void {
    this.#parts.memory.keep(changes);
    this.#show({ failure: this.#passing.failure });
  }

  /** Shows a new state; without a failure in it, the earlier one is cleared. */
  #show(changes: Partial<PassingState>): void {
    this.#passing = { ...this.#passing, failure: null, ...changes };
    this.#parts.changed({ ...this.#known, ...this.#passing });
  }
}

/**
 * A push that waited for the phone, or null; and the seconds that the request could wait.
 */
interface TakenPush {
  readonly push: unknown;
  readonly wait: number;
}

/**
 * A notification after a restart: it is unknown whether an answer arrived that was being
 * sent.
 */
function reopened(notification: Notification): Notification {
  return notification.state === 'sending' ? { ...notification, state: 'waiting' } : notification;
}

function failureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  throw error;
}
