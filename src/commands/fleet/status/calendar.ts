import { basename } from 'node:path';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import { wordsAgainst } from '../../../change/reach-words.ts';
import { type Ownership, ownershipOf, wordsForOwner } from '../../../report/ownership.ts';
import { count } from '../../../text/phrasing.ts';
import { shellLine } from '../../../text/shell.ts';
import { fleetCommand } from '../file/fleet.ts';
import { grouped } from '../grouped.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';

/** Alarms besides the one at the warning limit, in days before the end. */
const lastAlarms = [7, 1];

/** Alarms ring at 9: an all-day event starts at midnight. */
const alarmHour = 9;

/** The most tenants that an event names: calendars cut long texts. */
const namedTenants = 50;

const day = 24 * 60 * 60;

/**
 * A calendar (RFC 5545) with an all-day event for each certificate of the file on its
 * expiry date, the first one if its tenants received several. The UID comes from the
 * names of the file and of the certificate, so that importing the calendar again moves
 * the event of a renewed certificate.
 */
export function formatCalendar({ file, tenants, warnDays }: FleetStatusReport, now: Date): string {
  const calendar = ical({
    name: 'Push certificates',
    prodId: { company: 'mfa-cli', product: 'fleet status', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
  });
  const days = [...new Set([warnDays, ...lastAlarms])].filter((number) => number > 0);
  for (const ending of endingsOf(tenants)) {
    const [{ certificate, date } = { certificate: '', date: '' }] = ending;
    calendar.createEvent({
      id: `${certificate}.${basename(file)}@mfa-cli`,
      // A calendar replaces an imported event only with a later one.
      sequence: Math.floor(now.getTime() / 60_000) - firstMinute,
      stamp: now,
      lastModified: now,
      start: new Date(date),
      allDay: true,
      transparency: ICalEventTransparency.TRANSPARENT,
      summary: `Push certificate "${certificate}" expires (${count(ending.length, 'tenant')})`,
      description: describe(ending, shellLine(fleetCommand('apply', file))),
      alarms: days.map((before) => ({
        type: ICalAlarmType.display,
        trigger: before * day - alarmHour * 60 * 60,
        description: `Push certificate "${certificate}" expires in ${count(before, 'day')}`,
      })),
    });
  }
  return `${calendar.toString()}\r\n`;
}

/** 2020 in minutes since 1970: a sequence has 31 bits. */
const firstMinute = Date.parse('2020-01-01T00:00:00Z') / 60_000;

interface Dated extends Ownership, Pick<FleetStatusTenant, 'name' | 'tenant' | 'against'> {
  readonly certificate: string;
  /** `2027-12-24` */
  readonly date: string;
}

/** The tenants of each certificate, the earliest expiry first. */
function endingsOf(tenants: readonly FleetStatusTenant[]): Iterable<readonly Dated[]> {
  const dated = tenants.flatMap((one): Dated | [] => {
    const { name, tenant, against, expected, recorded } = one;
    if (expected === null || recorded?.notAfter == null) return [];
    const { certificate } = expected;
    const date = recorded.notAfter.slice(0, 10);
    return { name, tenant, against, certificate, date, ...ownershipOf(one) };
  });
  dated.sort((one, other) => Date.parse(one.date) - Date.parse(other.date));
  return grouped(dated, ({ certificate }) => certificate).values();
}

function describe(tenants: readonly Dated[], apply: string): string {
  const lines = tenants.slice(0, namedTenants).map(({ name, tenant, date, against }) => {
    const later = date === tenants[0]?.date ? '' : `, ${date}`;
    const others = against.filter(({ code }) => code !== 'certificate-expired');
    const doubt = wordsAgainst(others, { subject: 'pushes' });
    const why = doubt === null ? '' : `: ${doubt}`;
    return `- ${name} (${new URL(tenant).host}${later})${why}`;
  });
  if (tenants.length > namedTenants) lines.push('…');
  const owned = [...grouped(tenants, wordsForOwner).keys()].filter((words) => words !== null);
  return [
    `Without a valid push certificate no sign-in prompt reaches a phone. Renew it, and run "${apply}".`,
    ...owned.map((words) => `${words}.`),
    '',
    ...lines,
  ].join('\n');
}
