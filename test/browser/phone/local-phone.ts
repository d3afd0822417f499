import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createSend } from '../../../src/emulator/browser/phone/device-calls.ts';
import { Memory } from '../../../src/emulator/browser/phone/memory.ts';
import { Phone, type PhoneParts } from '../../../src/emulator/browser/phone/phone.ts';
import type { PhoneState } from '../../../src/emulator/browser/phone/phone-state.ts';

export const wish = { user: 'user@example.com', name: 'iPhone', bundleId: 'com.example.lab' };

/** A tab without a window: its storage, and the phones that it has been since, one for each load of the page. */
export function openTab(origin: string, changes: Partial<PhoneParts> = {}) {
  const stored = new Map<string, string>();
  let state: PhoneState | undefined;
  let address = '';
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  let page = new AbortController();
  onTestFinished(() => page.abort());
  /** As a browser does it: nothing goes on of the page that was there before. */
  const load = () => {
    page.abort();
    page = new AbortController();
    const ended = page;
    const send = createSend(origin);
    return new Phone({
      origin,
      send: (request) =>
        send({
          ...request,
          signal: AbortSignal.any([ended.signal, ...(request.signal ? [request.signal] : [])]),
        }),
      memory: new Memory(() => storage),
      inPlace: (work) => work(true),
      async pause(milliseconds, signal) {
        await sleep(Math.min(milliseconds, 20), undefined, { signal }).catch(() => {});
        // Nothing comes after the page.
        if (ended.signal.aborted) await new Promise(() => {});
      },
      now: Date.now,
      go(to) {
        address = to;
      },
      changed(next) {
        state = next;
      },
      ...changes,
    });
  };
  let phone = load();
  const until = async (is: (state: PhoneState) => boolean): Promise<PhoneState> => {
    for (const end = Date.now() + 5000; ; await sleep(5)) {
      if (state !== undefined && is(state)) return state;
      if (Date.now() > end) throw new Error(`the phone is ${JSON.stringify(state)}`);
    }
  };
  return {
    stored,
    until,
    get phone() {
      return phone;
    },
    get address() {
      return address;
    },
    /** As it is stored. */
    session: () => JSON.parse([...stored.values()].join()).session,
    async reload(query = '') {
      phone = load();
      await phone.start(query);
    },
    /** Signs in without a page; needs `autoApprove`. */
    async signIn(as = wish) {
      phone.signIn(as);
      const response = await fetch(address, { redirect: 'manual' });
      const back = new URL(response.headers.get('location') ?? 'none:');
      phone = load();
      await phone.start(back.search);
      return back;
    },
    /** The same, with a phone that waits for pushes after it. */
    async enrolled(as = wish) {
      await this.signIn(as);
      return until(({ stage }) => stage === 'listening');
    },
    waiting: () => until(({ notifications: [newest] }) => newest?.state === 'waiting'),
  };
}
