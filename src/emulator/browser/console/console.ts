import { make, readFirstState, setText } from '../dom.ts';
import { visible } from '../visible.ts';
import { createAssumptions } from './assumptions.ts';
import { createCertificates } from './certificates.ts';
import { createChallenges } from './challenges.ts';
import { createClock } from './clock.ts';
import { follow } from './connection.ts';
import { headlineOf } from './headline.ts';
import { createPeople } from './people.ts';
import { createPushService } from './push-service.ts';
import { createRequests } from './requests.ts';
import { createSignIns } from './sign-ins.ts';
import { createStanding } from './standing.ts';
import type { FirstState } from './state.ts';

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
