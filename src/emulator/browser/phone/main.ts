import { readFirstState } from '../dom.ts';
import { openMemory } from './memory.ts';
import { createPhone } from './phone.ts';
import { holdAlone, inPlace, pause } from './tab.ts';
import { createSend } from './tenant-call.ts';
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

  const phone = createPhone({
    origin: location.origin,
    send: createSend(location.origin),
    memory,
    inPlace,
    pause,
    now: Date.now,
    go: (address) => location.assign(address),
    changed(state) {
      const udid = state.enrollment?.udid;
      if (udid !== undefined && udid !== held) void holdAlone(udid);
      held = udid;
      view.show(state);
    },
  });
  const usual = { user, name: 'iPhone', bundleId: bundleId ?? 'com.example.app' };
  const view = createView(phone, usual, Date.now);
  await phone.start(query);
}

void start();
