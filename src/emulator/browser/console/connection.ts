import type { ApiCall } from './board.ts';
import type { ConsoleState } from './state.ts';

/** The page's connection to the emulator. */
export type ConnectionState = 'live' | 'lost' | 'signed-out';

/** Milliseconds between two attempts. */
const retryDelay = 1000;

interface Follower {
  stateChanged(state: ConsoleState): void;
  connectionChanged(connection: ConnectionState): void;
}

/** Follows the tenant, and reconnects until the page is closed. */
export function follow(follower: Follower): void {
  let source: EventSource | null = null;
  let timer = 0;
  const close = (): void => {
    source?.close();
    clearTimeout(timer);
  };
  const open = (): void => {
    close();
    source = new EventSource('/emulator/console/events');
    source.addEventListener('open', () => follower.connectionChanged('live'));
    source.addEventListener('message', ({ data }) => follower.stateChanged(JSON.parse(data)));
    // An event source does not report why it failed, and does not retry after a refusal.
    source.addEventListener('error', () => void reconnect());
  };
  const reconnect = async (): Promise<void> => {
    close();
    const status = await statusOfState();
    if (document.hidden) return;
    if (status === 200) {
      open();
      return;
    }
    follower.connectionChanged(status === 401 ? 'signed-out' : 'lost');
    timer = setTimeout(() => void reconnect(), retryDelay);
  };
  // A browser has six connections to a host for all its tabs: a hidden tab closes its
  // own.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else open();
  });
  if (!document.hidden) open();
}

/** The HTTP status of the state; null: no answer. */
function statusOfState(): Promise<number | null> {
  return fetch('/emulator/console/state').then(
    ({ status }) => status,
    () => null,
  );
}

/** The outcome of a call, in words. */
interface CallOutcome {
  readonly isDone: boolean;
  readonly words: string;
}

interface CallAnswer {
  readonly success: boolean;
  readonly Message: string | null;
}

export async function makeCall({ api, parameters, done }: ApiCall): Promise<CallOutcome> {
  const answer = await send(JSON.stringify({ Api: api, Parameters: parameters }));
  if (answer === null)
    return { isDone: false, words: 'The emulator did not answer. Nothing was changed.' };
  if (answer.success) return { isDone: true, words: done };
  const reason = answer.Message ?? 'it gave no reason.';
  return { isDone: false, words: `The tenant refused: ${reason}` };
}

/** Null: the emulator did not answer. */
function send(body: string): Promise<CallAnswer | null> {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  return fetch('/emulator/console/call', request).then(
    (response) => (response.status === 200 ? response.json() : null),
    () => null,
  );
}
