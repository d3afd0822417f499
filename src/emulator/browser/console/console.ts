import { count } from '../../../text/phrasing.ts';
import { make, readFirstState, setTag, setText } from '../dom.ts';
import { createClock, headlineOf, visible } from '../shown.ts';
import { call, card, inWords } from './parts.ts';
import type { ConsoleAssumption, ConsoleState, ConsoleTenant, FirstState } from './state.ts';
import { createCertificates, createChallenges, createPeople } from './tenant-sections.ts';
import { createPushService, createRequests } from './traffic-sections.ts';

const { tenant, state: first } = readFirstState() as FirstState;
let state = first;
const clock = createClock();
const standing = createStanding();
const sentence = make('h1');
const lead = make('p', { class: 'lead' });
const certificates = createCertificates(clock);
const people = createPeople();
const challenges = createChallenges(clock);
const pushService = createPushService(tenant);
const requests = createRequests();
const views = [certificates, people, challenges, pushService, requests];

const show = (): void => {
  const headline = headlineOf(state, clock.now());
  setText(sentence, headline.sentence);
  setText(lead, headline.lead);
  document.title = `${visible(headline.sentence)} - mfa-cli emulator`;
  for (const view of views) view.update(state);
};

clock.set(state.now);
show();
document
  .getElementById('app')
  ?.append(
    make(
      'main',
      { class: 'wide console' },
      make(
        'div',
        { class: 'line' },
        make('p', { class: 'brand' }, 'Local tenant ', make('code', {}, tenant.host)),
        standing.tag,
      ),
      make('div', { class: 'headline', 'aria-live': 'polite', 'aria-atomic': 'true' }, sentence, lead),
      standing.notice,
      make(
        'div',
        { class: 'columns' },
        make('div', {}, certificates.element, people.element),
        make('div', {}, challenges.element, pushService.element, createSignIns(), createAssumptions(tenant)),
        make('div', {}, requests.element),
      ),
    ),
  );

// What only time changes: how long a challenge still waits, how many days are left.
setInterval(show, 1000);
follow({
  changed(changes) {
    // Another emulator at the same address may have another console.
    if (changes.run !== undefined && changes.run !== first.run) location.reload();
    state = { ...state, ...changes };
    clock.set(state.now);
    show();
  },
  stands: standing.set,
});

/** How this tenant takes what the vendor does not document. */
function createAssumptions({ assumptions }: ConsoleTenant): HTMLElement {
  const changed = assumptions.filter(({ isUsual }) => !isUsual);
  const all = make('dl', {}, ...assumptions.flatMap(entry));
  return card(
    'assumptions',
    'Assumptions',
    make(
      'p',
      { class: 'lead' },
      changed.length === 0
        ? 'All at their defaults: the likelier way wherever the vendor does not say.'
        : `${count(changed.length, 'assumption')} changed from the default:`,
    ),
    changed.length === 0 ? null : make('dl', {}, ...changed.flatMap(entry)),
    make('details', {}, make('summary', {}, `All ${assumptions.length}`), all),
  );
}

function entry({ name, value, question }: ConsoleAssumption): readonly HTMLElement[] {
  return [
    make('dt', {}, question.charAt(0).toUpperCase() + question.slice(1)),
    make('dd', {}, make('code', {}, `${name}=${value}`)),
  ];
}

/** What time, or an administrator, does to everybody's sign-in. */
function createSignIns(): HTMLElement {
  const said = make('p', { role: 'status', class: 'said' });
  const button = (words: string, api: string, done: string): HTMLElement => {
    const element = make('button', { type: 'button', class: 'small' }, words);
    element.addEventListener('click', async () => setText(said, inWords(await call(api, {}), done)));
    return element;
  };
  return card(
    'sign-ins',
    'Sign-ins',
    make('p', { class: 'lead' }, 'For mfa-cli and all phones. This page stays signed in.'),
    make(
      'div',
      { class: 'actions' },
      button(
        'Expire tokens',
        '/emulator/expire-tokens',
        'Every access token has expired; refresh tokens stay valid.',
      ),
      button('Revoke sessions', '/emulator/revoke-sessions', 'Everybody has to sign in again.'),
    ),
    said,
  );
}

/** How the page stands with the emulator. */
type Standing = 'live' | 'lost' | 'signed-out';

interface Follower {
  changed(changes: Partial<ConsoleState>): void;
  stands(standing: Standing): void;
}

/** Milliseconds between two tries. */
const pause = 1000;

/** Follows the tenant, and begins again whenever it is there again, until the page is left. */
function follow({ changed, stands }: Follower): void {
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
function createStanding(): {
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
