import { make, setTag, setText } from '../dom.ts';
import type { Standing } from './connection.ts';

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
