import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import { count } from '../../../text/phrasing.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';

/** Alarms besides the one at the warn days, in days before the end. */
const lastAlarms = [7, 1];

/** An all-day event begins at midnight; nobody is to be alarmed then. */
const alarmHour = 9;

/** An event names no more tenants than this: calendars cut long texts. */
const namedTenants = 50;

const day = 24 * 60 * 60;

/** What was set last of one certificate, and at which tenants. */
interface Ending {
  readonly certificate: string;
  /** `2027-12-24`, the first of them. */
  readonly date: string;
  readonly tenants: readonly Placed[];
}

type Placed = Pick<FleetStatusTenant, 'name' | 'tenant'> & { readonly date: string };

/**
 * A calendar (RFC 5545) with an all-day event for each certificate of the file, on the day when it ends: where its tenants
 * were given several, on the first. The UID is made of the file's name and the certificate's, so that the event of a
 * renewed one moves when the calendar is imported again.
 */
export function formatCalendar({ file, tenants, warnDays }: FleetStatusReport, now: Date): string {
  const calendar = ical({
    name: 'Push certificates',
    prodId: { company: 'mfa-cli', product: 'fleet status', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
  });
  const days = [...new Set([warnDays, ...lastAlarms])].filter((number) => number > 0);
  for (const ending of endings(tenants))
    calendar.createEvent({
      id: uidOf(file, ending.certificate),
      // Only a later one replaces what was imported before.
      sequence: Math.floor(now.getTime() / 60_000) - firstMinute,
      stamp: now,
      lastModified: now,
      start: new Date(ending.date),
      allDay: true,
      transparency: ICalEventTransparency.TRANSPARENT,
      summary: `Push certificate "${ending.certificate}" ends (${count(ending.tenants.length, 'tenant')})`,
      description: describe(ending),
      alarms: days.map((before) => ({
        type: ICalAlarmType.display,
        trigger: before * day - alarmHour * 60 * 60,
        description: `Push certificate "${ending.certificate}" ends in ${count(before, 'day')}`,
      })),
    });
  return `${calendar.toString()}\r\n`;
}

/** 2020 in minutes since 1970: a sequence has 31 bits. */
const firstMinute = Date.parse('2020-01-01T00:00:00Z') / 60_000;

function uidOf(file: string, certificate: string): string {
  const hash = createHash('sha256')
    .update(`${basename(file)}\n${certificate}`)
    .digest('hex');
  return `${hash.slice(0, 32)}@mfa-cli`;
}

function endings(tenants: readonly FleetStatusTenant[]): readonly Ending[] {
  const placed = new Map<string, Placed[]>();
  for (const { name, tenant, expected, recorded } of tenants) {
    if (expected === null || recorded?.notAfter == null) continue;
    const others = placed.get(expected.certificate) ?? [];
    others.push({ name, tenant, date: recorded.notAfter.slice(0, 10) });
    placed.set(expected.certificate, others);
  }
  return [...placed]
    .map(([certificate, at]): Ending => {
      const sorted = at.toSorted((one, other) =>
        one.date < other.date ? -1 : one.date > other.date ? 1 : 0,
      );
      return { certificate, date: sorted[0]?.date ?? '', tenants: sorted };
    })
    .sort((one, other) => (one.date < other.date ? -1 : 1));
}

function describe({ date, tenants }: Ending): string {
  const lines = tenants.slice(0, namedTenants).map(({ name, tenant, date: own }) => {
    const later = own === date ? '' : `, ${own}`;
    return `- ${name} (${new URL(tenant).host}${later})`;
  });
  const more = tenants.length - lines.length;
  return [
    'Without a valid push certificate no sign-in prompt reaches a phone. Renew it, and run "mfa-cli fleet apply".',
    '',
    ...lines,
    ...(more > 0 ? [`and ${count(more, 'more tenant')}`] : []),
  ].join('\n');
}
