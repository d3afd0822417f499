import { spawnSync } from 'node:child_process';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import type { FleetStatusReport } from '../../../../src/commands/fleet/report.ts';
import { formatCalendar } from '../../../../src/commands/fleet/status/calendar.ts';
import {
  formatAnnotations,
  formatCsv,
  formatMetrics,
} from '../../../../src/commands/fleet/status/formats.ts';
import { statusPage } from '../../../../src/commands/fleet/status/page.ts';
import { formatStatusTable } from '../../../../src/commands/fleet/status/status-table.ts';
import { unknownKey } from '../../../../src/tenant/read-back.ts';
import { createStyle } from '../../../../src/terminal/style.ts';
import { testNow as now } from '../../../support/context.ts';
import { app, fleetTenant, setLine, statusOf } from '../../../support/fleet-status.ts';
import { isMissing } from '../../../support/tools.ts';

const reportOf = statusOf;

const names = ['acme', 'globex', 'hooli', 'initech', 'umbrella'];
/** One of each state but `unknown`, in another order than that of their days. */
const mixed = reportOf(
  [
    ...names.map((name) => fleetTenant(name)),
    fleetTenant('wayne', { certificate: null, clientAppKey: 'k' }),
  ],
  [
    setLine('acme', 200),
    setLine('globex', 9),
    setLine('hooli', -6),
    setLine('umbrella', 100, { topic: 'com.other' }),
  ],
);

const at = '2026-03-03T00:00:00.000Z';
const ignored = reportOf(
  [fleetTenant('acme')],
  [setLine('acme', 200), setLine('acme', 200, { clientAppKey: 'new', at })],
);

const table = async (report: FleetStatusReport, columns: number): Promise<string> =>
  formatStatusTable(report, await createStyle(false, columns, false));

/** The text of each format; a calendar and a spreadsheet end their lines with CR LF. */
const written: Readonly<Record<string, (report: FleetStatusReport) => string | Promise<string>>> = {
  table: (report) => table(report, 120),
  github: formatAnnotations,
  prometheus: formatMetrics,
  csv: formatCsv,
  ics: (report) => formatCalendar(report, now),
};

test.each(Object.keys(written))(
  '%s tells the state of every tenant, the most urgent first',
  async (format) => {
    const text = (await written[format]?.(mixed)) ?? '';
    const isCrLf = format === 'csv' || format === 'ics';
    expect(
      text
        .split('\n')
        .slice(0, -1)
        .every((line) => line.endsWith('\r')),
    ).toBe(isCrLf);
    const path = `../../../golden/fleet-status/${format}.txt`;
    await expect(text.replaceAll('\r\n', '\n')).toMatchFileSnapshot(path);
  },
);

describe('the table', () => {
  test('leaves out the tenant where it is narrow, and the key where it is narrower', async () => {
    const headOf = async (columns: number) => {
      const lines = (await table(ignored, columns)).split('\n');
      expect(lines.filter((line) => line.startsWith('  Name') && line.length > columns)).toEqual(
        [],
      );
      return lines
        .find((line) => line.startsWith('  Name'))
        ?.trim()
        .split(/ {2,}/);
    };
    const least = ['Name', 'State', 'Valid until'];
    expect(await headOf(50)).toEqual(least);
    expect(await headOf(80)).toEqual([...least, 'Client app key']);
    expect(await headOf(120)).toEqual([...least, 'Client app key', 'Tenant']);
  });

  test('is a list of tenants where not even that fits', async () => {
    const text = await table(mixed, 50);
    expect(text).toContain('\nName            ✗ hooli\nState           expired\n');
    expect(text).toContain(
      '\nTenant          hooli.id.cyberark.cloud\n\nName            ! globex\n',
    );
  });

  test('says that all is well, within the days of the warning', async () => {
    const well = reportOf([fleetTenant('acme')], [setLine('acme', 60)], { warnDays: 45 });
    const [verdict, counts, , head] = (await table(well, 80)).split('\n');
    expect(verdict).toBe('✓ No push certificate expires within 45 days.');
    expect([counts, head?.startsWith('Name  State  Valid until')]).toEqual(['1 valid', true]);
    expect(formatAnnotations(well)).toBe('No push certificate expires within 45 days.\n');
  });
});

test('a key that is ignored is in every format for people', async () => {
  const words = 'the tenant has pushed with another key since 2026-03-03';
  expect(await table(ignored, 80)).toContain(`\nacme: ${words}.\n`);
  expect(formatAnnotations(ignored)).toContain(`differs from what the file declares: ${words}.\n`);
  expect(statusPage(ignored, now)).toContain(words);
  expect(formatCsv(ignored)).toContain(',false,record,2026-03-03T00:00:00.000Z,not-known,,');
});

describe('what speaks against a certificate with many days left', () => {
  const against = ['topic-mismatch', 'key-too-weak'] as const;
  const doubted = reportOf(
    [fleetTenant('acme'), fleetTenant('globex')],
    [setLine('acme', 200, { against }), setLine('globex', 9, { against })],
  );
  const words = 'The certificate does not include the topic that it was set with';

  test('is in every format', async () => {
    expect(doubted.tenants.map(({ state }) => state)).toEqual(['differs', 'expires-soon']);
    const page = statusPage(doubted, now);
    for (const text of [await table(doubted, 120), page]) {
      expect(text).toContain(`${words} [topic-mismatch]`);
      expect(text).not.toContain('2 valid');
    }
    expect(page.match(/<i class="bar (?<tone>\w+)/g)).toEqual([
      '<i class="bar ok',
      '<i class="bar warn',
      '<i class="bar warn',
    ]);
    const annotations = formatAnnotations(doubted);
    expect(annotations.match(/title=topic-mismatch/g)).toHaveLength(2);
    expect(annotations).toContain('title=certificate-expires-soon');
    expect(annotations).not.toContain('title=certificate-differs');
    expect(formatCsv(doubted)).toContain(',against,topic-mismatch key-too-weak,');
    expect(formatMetrics(doubted)).toContain(
      'mfa_cli_push_objection{name="acme",tenant="https://acme.id.cyberark.cloud",code="key-too-weak"} 1\n',
    );
    const calendar = new ICAL.Component(ICAL.parse(formatCalendar(doubted, now)));
    const [event] = calendar.getAllSubcomponents('vevent');
    expect(event?.getFirstPropertyValue('description')).toContain(
      `will not reach phones: ${words}.`,
    );
  });

  test('has no green in the table', async () => {
    const text = formatStatusTable(doubted, await createStyle(true, 120, false));
    expect(text).not.toContain('\u001b[32m');
  });
});

test('a topic with a line of its own stays on its line', async () => {
  const topic = 'a\nwayne: all is well.';
  const answers = new Map([['acme', { outcome: 'told', topic, latest: unknownKey } as const]]);
  const report = reportOf([fleetTenant('acme')], [setLine('acme', 200)], { answers });
  const words = 'the tenant reports a\\u000awayne: all is well..\n';
  expect(await table(report, 80)).toContain(`\nacme: ${words}`);
  expect(formatAnnotations(report)).toContain(words);
  expect(formatCsv(report)).toContain(`,differs,"${topic}",true,record,`);
});

test('a fleet of nobody has no tenants', async () => {
  const nobody = reportOf([], []);
  expect(await table(nobody, 80)).toBe('✓ No tenants.\n');
  expect(formatAnnotations(nobody)).toBe('No tenants.\n');
  expect(formatMetrics(nobody).match(/^[^#].*/gm)).toBe(null);
  expect(formatCsv(nobody).split('\r\n')).toHaveLength(2);
  expect(formatCalendar(nobody, now)).not.toContain('VEVENT');
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

  test('lets no spreadsheet calculate, and keeps quotes, commas, line breaks and 株', () => {
    const formulas =
      '=HYPERLINK("http://evil","x")|+1+1|-2+3|@SUM(A1)|\t=1|\r=1|a;=1+1|a\n=1+1|＝1+1'.split('|');
    const keys = [...formulas, 'a "b", c\r\n株'];
    const texts = keys.map((key) =>
      formatCsv(reportOf([fleetTenant('acme', { clientAppKey: key })], [])),
    );
    expect(texts[0]).toMatch(/^name,[^\n]*\r\nacme,[^\n]*\r\n$/);
    for (const [index, tables] of read(texts).entries()) {
      expect(tables[0]?.[1]?.[2]?.replaceAll("'", '')).toBe(keys[index]);
      // Whatever stands between the cells there.
      const cells = tables.flatMap((rows) => rows.flat());
      expect(cells.filter((cell) => /^\s*[=+@＝]|^-\D|^-.*[+*/(]/.test(cell))).toEqual([]);
    }
  });
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
    setLine('acme', 200),
    setLine('globex', 9),
    setLine('hooli', 60, { clientAppKey: 'com.other', topic: 'com.other' }),
    setLine('wayne', 5),
  ];

  test('has one all-day event a certificate, on its first end, with its alarms', () => {
    const [first, second, ...more] = events(reportOf(tenants, entries, { warnDays: 45 }));
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
    const [before] = events(reportOf([fleetTenant('acme')], [setLine('acme', 9)]));
    const renewed = reportOf([fleetTenant('acme'), fleetTenant('globex')], [setLine('acme', 370)]);
    const [after] = events(renewed, new Date(now.getTime() + 60_000));
    expect([before?.start, after?.start]).toEqual(['2026-12-04', '2027-11-30']);
    expect(after?.uid).toBe(before?.uid);
    expect(after?.sequence).toBeGreaterThan(before?.sequence ?? 0);
    const elsewhere = { ...renewed, file: 'eu.yaml' };
    expect(events(elsewhere)[0]?.uid).not.toBe(before?.uid);
    expect(events({ ...renewed, file: '/deep/down/mfa-fleet.yaml' })[0]?.uid).toBe(before?.uid);
  });

  test('names fifty tenants; is empty where nothing was set', () => {
    const many = Array.from({ length: 53 }, (_, index) => `t${index}`);
    const [event] = events(
      reportOf(
        many.map((name) => fleetTenant(name)),
        many.map((name) => setLine(name, 20)),
      ),
    );
    expect(event?.description.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(50);
    expect(event?.description).toMatch(/\n…$/);
    expect(events(reportOf([fleetTenant('acme')], []))).toEqual([]);
  });
});
