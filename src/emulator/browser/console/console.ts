import { count } from '../../../text/phrasing.ts';
import { make, readFirstState, setText } from '../dom.ts';
import { createClock, headlineOf, visible } from '../shown.ts';
import { createStanding, follow } from './connection.ts';
import { call, card, inWords } from './parts.ts';
import type { ConsoleAssumption, ConsoleTenant, FirstState } from './state.ts';
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
