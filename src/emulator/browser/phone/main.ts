import { readFirstState } from '../dom.ts';
import { createSend } from './device-calls.ts';
import { Memory } from './memory.ts';
import { Phone } from './phone.ts';
import { View } from './view.ts';

/** The state in the page itself. */
interface FirstState {
  readonly user: string;
  readonly bundleId: string | null;
}

async function start(): Promise<void> {
  const { user, bundleId } = readFirstState() as FirstState;
  const query = location.search;
  // Removes the code from the address and the history.
  history.replaceState(null, '', location.pathname);

  const memory = new Memory(() => sessionStorage);
  let heldUdid = memory.now.enrollment?.udid;
  // A duplicated tab has a copy of the memory, but each phone lives in one tab only.
  if (heldUdid !== undefined && !(await holdAlone(heldUdid))) memory.forget();

  const phone = new Phone({
    origin: location.origin,
    send: createSend(location.origin),
    memory,
    inPlace,
    pause,
    now: Date.now,
    go: (address) => location.assign(address),
    changed(state) {
      const udid = state.enrollment?.udid;
      if (udid !== undefined && udid !== heldUdid) void holdAlone(udid);
      heldUdid = udid;
      view.show(state);
    },
  });
  const suggested = { user, name: 'iPhone 17', bundleId: bundleId ?? 'com.example.app' };
  const view = new View(phone, suggested, Date.now);
  await phone.start(query);
}

/**
 * A browser has six connections for all tabs of a host; at most three of them wait for a
 * push.
 */
const places = ['wait-1', 'wait-2', 'wait-3'];

/**
 * Runs work that keeps a connection waiting, or with `mayWait` false if other tabs have
 * all the places.
 */
async function inPlace<Result>(work: (mayWait: boolean) => Promise<Result>): Promise<Result> {
  for (const place of places) {
    const done = await navigator.locks.request(place, { ifAvailable: true }, async (lock) =>
      lock === null ? null : { result: await work(true) },
    );
    if (done !== null) return done.result;
  }
  return work(false);
}

/** Waits for that time, less if the tab becomes visible or `signal` is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    document.addEventListener('visibilitychange', end, { signal: ended.signal });
    signal.addEventListener('abort', end, { signal: ended.signal });
  });
}

/** Milliseconds in which a closing page may still have its lock. */
const lockTimeout = 1500;

function holdAlone(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const hold = (): Promise<never> => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks
      .request(name, { signal: AbortSignal.timeout(lockTimeout) }, hold)
      .catch(() => resolve(false));
  });
}

void start();
