import { formatDaysLeft, formatMoment, withMoments } from '../../src/report/fields.ts';
import { formatAnnotation, formatGauge } from '../../src/report/monitoring.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { testCases } from '../support/cases.ts';

const now = new Date('2026-11-24T23:45:00Z');

testCases('fields', {
  'formatMoment, at 2026-11-24T23:45:00Z': (iso: string) => formatMoment(new Date(iso), now),
  'formatDaysLeft, of a certificate until 2027-12-24': async (days: number) =>
    formatDaysLeft('2027-12-24T00:00:00Z', days, await createStyle(false, 80, false)),
  withMoments: (sentence: string) => withMoments(sentence, now),
  formatAnnotation: (title: string, message: string) => formatAnnotation('error', title, message),
  'formatGauge, of samples': (samples: Parameters<typeof formatGauge>[2]) =>
    formatGauge('days', 'Days left.', samples),
});
