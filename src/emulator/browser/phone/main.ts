import { readFirstState } from '../dom.ts';
import { createSend } from './device-calls.ts';
import { openMemory } from './memory.ts';
import { Phone } from './phone.ts';
import { createView } from './view.ts';

async function start(): Promise<void> {
  const { user, bundleId } = readFirstState() as { readonly user: string; readonly bundleId: string | null };
  const query = location.search;
  // A code does not stay in the address, nor in the history.
  history.replaceState(null, '', location.pathname);

  const memory = openMemory(() => sessionStorage);
  let held = memory.now.enrollment?.udid;
  // A duplicated tab has the memory of the other one, and each phone is in one tab only.
  if (held !== undefined && !(await holdAlone(held))) memory.forget();

  const phone = new Phone({
    ...{ origin: location.origin, send: createSend(location.origin), memory, inPlace, pause, now: Date.now },
    go: (address) => location.assign(address),
    changed(state) {
      const udid = state.enrollment?.udid;
      if (udid !== undefined && udid !== held) void holdAlone(udid);
      held = udid;
      view.show(state);
    },
  });
  const usual = { user, name: 'iPhone 17', bundleId: bundleId ?? 'com.example.app' };
  const view = createView(phone, usual, Date.now);
  await phone.start(query);
}

/** A browser has six connections for all tabs of a host: so many of them may wait for a push. */
const places = ['wait-1', 'wait-2', 'wait-3'];

/** Does work that holds a connection while it waits, or with `mayWait` false where other tabs hold enough of them. */
async function inPlace<Result>(work: (mayWait: boolean) => Promise<Result>): Promise<Result> {
  for (const place of places) {
    const done = await navigator.locks.request(place, { ifAvailable: true }, async (lock) =>
      lock === null ? null : { result: await work(true) },
    );
    if (done !== null) return done.result;
  }
  return work(false);
}

/** Ends after that time, or as soon as the tab is seen again, or `signal` is aborted. */
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

/** Milliseconds that a page which is being left may still hold what it held. */
const patience = 1500;

/** Whether no other tab holds that name, which this one holds from then on. */
function holdAlone(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const hold = (): Promise<never> => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks
      .request(name, { signal: AbortSignal.timeout(patience) }, hold)
      .catch(() => resolve(false));
  });
}

void start();
