import { spawnSync } from 'node:child_process';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import type { FleetTenant } from '../../../../src/commands/fleet/file/fleet.ts';
import type { RecordEntry } from '../../../../src/commands/fleet/record.ts';
import type { FleetStatusReport } from '../../../../src/commands/fleet/report.ts';
import {
  formatAnnotations,
  formatCalendar,
  formatCsv,
  formatMetrics,
  formatStatusTable,
} from '../../../../src/commands/fleet/status/formats.ts';
import { statusPage } from '../../../../src/commands/fleet/status/page.ts';
import { fleetStatus } from '../../../../src/commands/fleet/status.ts';
import { createStyle } from '../../../../src/terminal/style.ts';
import { testNow as now } from '../../../support/context.ts';
import { app, fleetOf, fleetTenant, setEntry } from '../../../support/fleet-status.ts';
import { isMissing } from '../../../support/tools.ts';

function reportOf(
  tenants: readonly FleetTenant[],
  entries: readonly RecordEntry[],
  warnDays = 30,
): FleetStatusReport {
  return fleetStatus(fleetOf(tenants), { entries }, { recordPath: 'r.json', now, warnDays });
}

const names = ['acme', 'globex', 'hooli', 'initech', 'umbrella'];
/** One of each state but `unknown`, in another order than that of their days. */
const mixed = reportOf(
  [...names.map((name) => fleetTenant(name)), fleetTenant('wayne', { certificate: null, clientAppKey: 'k' })],
  [
    setEntry('acme', 200),
    setEntry('globex', 9),
    setEntry('hooli', -6),
    setEntry('umbrella', 100, { topic: 'com.other' }),
  ],
);

describe('the table', () => {
  test.each([50, 80, 120, 1000])('has the verdict first and fits %i columns', async (columns) => {
    const text = formatStatusTable(mixed, await createStyle(false, columns, false));
    const lines = text.split('\n');
    expect(lines[0]).toBe('4 of 6 tenants need attention.');
    expect(lines[1]).toBe('1 expired, 1 expires soon, 1 differs, 1 never set, 2 valid');
    const order = [...text.matchAll(/^(?:NAME +)?(acme|globex|hooli|initech|umbrella|wayne)\b(?!:)/gm)];
    expect(order.map(([, name]) => name).join(' ')).toBe('hooli initech globex umbrella acme wayne');
    const table = lines.slice(2, lines.indexOf('umbrella: com.other was set last.'));
    expect(table.filter((line) => line.length > columns)).toEqual([]);
    expect(text.includes('hooli.id.cyberark.cloud')).toBe(columns !== 80);
    expect(text).toContain('the tenants were not asked');
  });

  test('has a line for each tenant, whatever that says it holds', async () => {
    const answers = new Map([['acme', { outcome: 'told', topic: 'a\nwayne: all is well.' } as const]]);
    const facts = { recordPath: 'r.json', now, warnDays: 30, answers };
    const report = fleetStatus(fleetOf([fleetTenant('acme')]), { entries: [setEntry('acme', 200)] }, facts);
    expect(formatStatusTable(report, await createStyle(false, 80, false))).toContain(
      '\nacme: the tenant reports a\\u000awayne: all is well..\n',
    );
  });

  test('says in one line that all is well, and that there is nobody', async () => {
    const style = await createStyle(false, 80, false);
    expect(formatStatusTable(reportOf([fleetTenant('acme')], [setEntry('acme', 60)], 45), style)).toMatch(
      /^No push certificate expires within 45 days\.\n1 valid\n\n/,
    );
    expect(formatStatusTable(reportOf([], []), style)).toBe('No tenants.\n');
  });
});

test('GitHub gets an annotation for each tenant that is not valid, the most urgent first', () => {
  const what = (name: string) =>
    `The push certificate for com.example.app at ${name}.id.cyberark.cloud (${name})`;
  expect(formatAnnotations(mixed).split('\n')).toEqual([
    `::error title=certificate-expired::${what('hooli')} expired on 2026-11-19.`,
    `::warning title=certificate-never-set::${what('initech')} was never set, or was deleted.`,
    `::warning title=certificate-expires-soon::${what('globex')} expires on 2026-12-04, in 9 days.`,
    `::warning title=certificate-differs::${what('umbrella')} differs from what the file declares: com.other was set last.`,
    '',
  ]);
  expect(formatAnnotations(reportOf([], []))).toBe('No tenants.\n');
});

test('Prometheus gets the metrics of apns status by name, and the state of every tenant', () => {
  const lines = formatMetrics(mixed).split('\n');
  const labels =
    '{name="globex",tenant="https://globex.id.cyberark.cloud",client_app_key="com.example.app",topic="com.example.app"}';
  expect(lines).toContain(`mfa_cli_certificate_days_left${labels} 9`);
  expect(lines).toContain(
    `mfa_cli_certificate_expiry_timestamp_seconds${labels} ${Date.parse('2026-12-04T04:00:00Z') / 1000}`,
  );
  expect(lines.filter((line) => line.startsWith('mfa_cli_certificate_days_left{'))).toHaveLength(4);
  const states = lines.filter((line) => line.startsWith('mfa_cli_fleet_tenant_state{'));
  expect([states.length, states.filter((line) => line.endsWith(' 1')).length]).toEqual([36, 6]);
  expect(states).toContain(
    'mfa_cli_fleet_tenant_state{name="initech",tenant="https://initech.id.cyberark.cloud",state="never-set"} 1',
  );
});

describe.skipIf(isMissing('python3'))('the CSV, as Python reads it', () => {
  /** Each text, with commas, semicolons and tabs between its cells. */
  function read(texts: readonly string[]): readonly (readonly (readonly string[])[])[][] {
    const program = `import csv, json, sys, io
read = lambda text, mark: list(csv.reader(io.StringIO(text, newline=''), strict=mark == ',', delimiter=mark))
print(json.dumps([[read(text, mark) for mark in ',;\\t'] for text in json.load(sys.stdin)]))`;
    const input = JSON.stringify(texts);
    const { stdout, stderr } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test('has a row a tenant under the header, fewest days left first', () => {
    const [head, ...rows] = read([formatCsv(mixed)])[0]?.[0] ?? [];
    expect(head?.join(',')).toBe(
      'name,tenant,client_app_key,certificate,state,days_left,not_after,topic,fingerprint,expected_topic,held,held_topic,in_use,in_use_from,ignored_since,other_keys',
    );
    expect(rows.map(([name, , , , state, days]) => `${name} ${state} ${days}`)).toEqual([
      'hooli expired -5',
      'initech never-set ',
      'globex expires-soon 9',
      'umbrella differs 100',
      'acme valid 200',
      'wayne valid ',
    ]);
    expect(rows.every((row) => row.length === head?.length)).toBe(true);
    expect(formatCsv(mixed).split('\r\n')).toHaveLength(8);
  });

  test('lets no spreadsheet calculate, and keeps quotes, commas, line breaks and 株', () => {
    const formulas = '=HYPERLINK("http://evil","x")|+1+1|-2+3|@SUM(A1)|\t=1|\r=1|a;=1+1|a\n=1+1|＝1+1'.split(
      '|',
    );
    const keys = [...formulas, 'a "b", c\r\n株'];
    const texts = keys.map((key) => formatCsv(reportOf([fleetTenant('acme', { clientAppKey: key })], [])));
    for (const [index, tables] of read(texts).entries()) {
      expect(tables[0]?.[1]?.[2]?.replaceAll("'", '')).toBe(keys[index]);
      // Whatever stands between the cells there.
      const cells = tables.flatMap((rows) => rows.flat());
      expect(cells.filter((cell) => /^\s*[=+@＝]|^-\D|^-.*[+*/(]/.test(cell))).toEqual([]);
    }
  });
});

test('a key that is ignored, and one that the file does not declare, are told in every format', async () => {
  const setAt = '2026-03-03T00:00:00.000Z';
  const entries = [setEntry('acme', 200), setEntry('acme', 200, { clientAppKey: 'new', setAt })];
  const ignored = reportOf([fleetTenant('acme')], entries);
  expect(formatCsv(ignored)).toMatch(/,false,record,2026-03-03T00:00:00.000Z,new is in use\r\n$/);
  const table = formatStatusTable(ignored, await createStyle(false, Number.POSITIVE_INFINITY, false));
  for (const text of [table, statusPage(ignored, now), formatAnnotations(ignored)])
    expect(text).toContain('the tenant pushes with another key since 3 Mar 2026');
  expect(table).toContain('acme: new is in use.\n');
  expect(statusPage(ignored, now)).toContain('<small>new is in use</small>');
});

describe('the calendar, as ical.js reads it', () => {
  function events(report: FleetStatusReport, at = now) {
    const calendar = new ICAL.Component(ICAL.parse(formatCalendar(report, at)));
    return calendar.getAllSubcomponents('vevent').map((component) => {
      const { uid, startDate, summary, description, sequence } = new ICAL.Event(component);
      const alarms = component
        .getAllSubcomponents('valarm')
        .map((alarm) => alarm.getFirstPropertyValue('trigger'));
      const start = startDate.toString();
      return {
        uid,
        start,
        allDay: startDate.isDate,
        summary,
        description,
        sequence,
        alarms: alarms.map(String),
      };
    });
  }

  const other = { ...app, name: 'other; "app"', topic: 'com.other' };
  const tenants = [
    fleetTenant('acme'),
    fleetTenant('globex'),
    fleetTenant('hooli', { certificate: other }),
    fleetTenant('initech'),
    fleetTenant('wayne', { certificate: null, clientAppKey: 'com.example.app' }),
  ];
  const entries = [
    setEntry('acme', 200),
    setEntry('globex', 9),
    setEntry('hooli', 60, { clientAppKey: 'com.other', topic: 'com.other' }),
    setEntry('wayne', 5),
  ];

  test('has one all-day event a certificate, on its first end, with its alarms', () => {
    const [first, second, ...more] = events(reportOf(tenants, entries, 45));
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      start: '2026-12-04',
      allDay: true,
      summary: 'Push certificate "app" expires (2 tenants)',
      description: expect.stringContaining(
        '- globex (globex.id.cyberark.cloud)\n- acme (acme.id.cyberark.cloud, 2027-06-13)',
      ),
      // At nine in the morning.
      alarms: ['-P44DT15H', '-P6DT15H', '-PT15H'],
    });
    expect(second).toMatchObject({
      start: '2027-01-24',
      summary: 'Push certificate "other; "app"" expires (1 tenant)',
    });
    expect(first?.uid).not.toBe(second?.uid);
  });

  test('moves the event of a renewed certificate, and does not double it', () => {
    const [before] = events(reportOf([fleetTenant('acme')], [setEntry('acme', 9)]));
    const renewed = reportOf([fleetTenant('acme'), fleetTenant('globex')], [setEntry('acme', 370)]);
    const [after] = events(renewed, new Date(now.getTime() + 60_000));
    expect([before?.start, after?.start]).toEqual(['2026-12-04', '2027-11-30']);
    expect(after?.uid).toBe(before?.uid);
    expect(after?.sequence).toBeGreaterThan(before?.sequence ?? 0);
    const elsewhere = { ...renewed, file: 'eu.yaml' };
    expect(events(elsewhere)[0]?.uid).not.toBe(before?.uid);
    expect(events({ ...renewed, file: '/deep/down/mfa-fleet.yaml' })[0]?.uid).toBe(before?.uid);
  });

  test('names fifty tenants and counts the rest; is empty where nothing was set', () => {
    const many = Array.from({ length: 53 }, (_, index) => `t${index}`);
    const [event] = events(
      reportOf(
        many.map((name) => fleetTenant(name)),
        many.map((name) => setEntry(name, 20)),
      ),
    );
    expect(event?.description.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(50);
    expect(event?.description).toMatch(/\nand 3 more tenants$/);
    expect(events(reportOf([fleetTenant('acme')], []))).toEqual([]);
  });
});
