import { make, setTag, setText } from '../dom.ts';
import type { ConsoleState } from './state.ts';

/** How the page stands with the emulator. */
type Standing = 'live' | 'lost' | 'signed-out';

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

/** Says how the page stands with the emulator. */
export function createStanding(): {
  readonly tag: HTMLElement;
  readonly notice: HTMLElement;
  set(standing: Standing): void;
} {
  const tag = make('span');
  const words = make('p');
  const signIn = make('a', { class: 'button primary', href: '/' }, 'Sign in');
  const notice = make('div', { class: 'notice', role: 'status' }, words, signIn);
  const set = (standing: Standing): void => {
    if (standing === 'live') setTag(tag, 'ok', 'live');
    else setTag(tag, 'warn', standing === 'lost' ? 'not running' : 'signed out');
    document.body.classList.toggle('stale', standing !== 'live');
    notice.hidden = standing === 'live';
    signIn.hidden = standing !== 'signed-out';
    setText(words, notices[standing]);
  };
  set('live');
  return { tag, notice, set };
}

const notices: Readonly<Record<Standing, string>> = {
  live: '',
  lost: 'The emulator is not running. This is what was last known; the page continues once it runs again.',
  'signed-out': 'This session has ended, or the emulator was restarted. Sign in to continue.',
};
