import {
  formatDaysLeft,
  formatMoment,
  withMoments,
  wordsForHeld,
} from '../../src/report/fields.ts';
import { countConcerns, formatJudged } from '../../src/report/findings.ts';
import {
  formatAnnotation,
  formatExpiryAnnotation,
  formatExpiryMetrics,
  formatGauge,
} from '../../src/report/monitoring.ts';
import { watchedColumns } from '../../src/report/watched-columns.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { testCases } from '../support/cases.ts';

const nothingWatched = {
  inUse: null,
  inUseFrom: null,
  ignoredSince: null,
  reach: 'not-proven',
  against: [],
  owner: null,
  ticket: null,
  team: null,
};
const now = new Date('2026-11-24T23:45:00Z');

testCases('fields', {
  'formatMoment, at 2026-11-24T23:45:00Z': (iso: string) => formatMoment(new Date(iso), now),
  'formatDaysLeft, of a certificate until 2027-12-24': async (days: number) =>
    formatDaysLeft('2027-12-24T00:00:00Z', days, await createStyle(false, 80, false)),
  'formatDaysLeft in color, with the days that warn': async (days: number, warnDays?: number) =>
    formatDaysLeft('2027-12-24T00:00:00Z', days, await createStyle(true, 80, false), warnDays),
  withMoments: (sentence: string) => withMoments(sentence, now),
  'wordsForHeld, of an outcome and a topic': (outcome: string, topic: string | null) =>
    wordsForHeld({ outcome, topic }),
  'the column in_use': (inUse: boolean | null) =>
    watchedColumns.in_use?.({ ...nothingWatched, inUse }),
  formatAnnotation: (title: string, message: string) => formatAnnotation('error', title, message),
  'formatExpiryAnnotation, of a certificate until 2027-12-24': (
    state: Parameters<typeof formatExpiryAnnotation>[1]['state'],
    daysLeft: number,
  ) => formatExpiryAnnotation('app', { state, notAfter: '2027-12-24T10:00:00Z', daysLeft }, null),
  'formatExpiryMetrics, without help and type': (notAfter: string, daysLeft: number) =>
    formatExpiryMetrics([{ notAfter, daysLeft, labels: {} }]).replaceAll(/^#.*\n/gm, ''),
  'formatGauge, of samples': (samples: Parameters<typeof formatGauge>[2]) =>
    formatGauge('days', 'Days left.', samples),
  'formatJudged, with a hint and a place': async (
    message: string,
    hint: string | null,
    place?: string,
  ) =>
    formatJudged(
      { code: 'code', level: 'not-checked', message, hint },
      await createStyle(false, 80, false),
      place,
    ),
  'countConcerns, of levels': (...levels: Parameters<typeof countConcerns>[0][number]['level'][]) =>
    countConcerns(levels.map((level) => ({ level }))),
});
