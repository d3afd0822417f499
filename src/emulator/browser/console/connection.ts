import type { ConsoleState } from './state.ts';

/** How the page stands with the emulator. */
export type Standing = 'live' | 'lost' | 'signed-out';

interface Follower {
  changed(changes: Partial<ConsoleState>): void;
  stands(standing: Standing): void;
}

/** Milliseconds between two tries. */
const pause = 1000;

/** Follows the tenant, and begins again whenever it is there again, until the page is left. */
export function follow({ changed, stands }: Follower): void {
  let source: EventSource | null = null;
  let timer = 0;
  const close = (): void => {
    source?.close();
    source = null;
    clearTimeout(timer);
  };
  const open = (): void => {
    close();
    source = new EventSource('/emulator/console/events');
    source.addEventListener('open', () => stands('live'));
    source.addEventListener('message', ({ data }) => changed(JSON.parse(data)));
    // An event source does not tell why it failed, and tries no more where it is refused.
    source.addEventListener('error', () => void look());
  };
  const look = async (): Promise<void> => {
    close();
    const status = await statusOf('/emulator/console/state');
    if (document.hidden) return;
    if (status === 200) return open();
    stands(status === 401 ? 'signed-out' : 'lost');
    timer = setTimeout(() => void look(), pause);
  };
  // A browser has six connections to a host for all its tabs: one that nobody looks at leaves its own to others.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  if (!document.hidden) open();
}

/** Null: nobody answers. */
async function statusOf(path: string): Promise<number | null> {
  try {
    const response = await fetch(path);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** What the tenant said to a call; null: it was not there, or does not know who asks. */
type CallAnswer = { readonly success: boolean; readonly Message: string | null } | null;

/** Lets the tenant make a call of its API, as the administrator. */
export async function call(api: string, parameters: Readonly<Record<string, unknown>>): Promise<CallAnswer> {
  try {
    const response = await fetch('/emulator/console/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Api: api, Parameters: parameters }),
    });
    return response.status === 200 ? await response.json() : null;
  } catch {
    return null;
  }
}

/** In a sentence. @param done what to say of a success */
export function inWords(answer: CallAnswer, done: string): string {
  if (answer === null) return 'Nothing was done: the emulator did not answer.';
  return answer.success ? done : `The tenant refused: ${answer.Message ?? 'it did not say why.'}`;
}
