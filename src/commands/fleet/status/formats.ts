import type { Style } from '../../../terminal/style.ts';
import type { FleetStatusReport } from '../report.ts';
import { formatAnnotations } from './annotations.ts';
import { formatCalendar } from './calendar.ts';
import { formatCsv } from './csv.ts';
import { formatMetrics } from './metrics.ts';
import { statusPage } from './page/page.ts';
import { formatStatusTable } from './table.ts';

/** For a person, for a browser, a calendar, a spreadsheet, a monitor, and the page of a workflow's run. */
export const fleetFormats = ['table', 'html', 'ics', 'csv', 'prometheus', 'github'] as const;

export type FleetFormat = (typeof fleetFormats)[number];

/** The report in that format. Its texts are `harmless`. */
export function formatFleetStatus(
  report: FleetStatusReport,
  format: FleetFormat,
  style: Style,
  now: Date,
): string {
  switch (format) {
    case 'table':
      return formatStatusTable(report, style);
    case 'html':
      return statusPage(report, now);
    case 'ics':
      return formatCalendar(report, now);
    case 'csv':
      return formatCsv(report);
    case 'prometheus':
      return formatMetrics(report);
    case 'github':
      return formatAnnotations(report);
  }
}

const endings: readonly (readonly [ending: string, FleetFormat])[] = [
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.ics', 'ics'],
  ['.csv', 'csv'],
  ['.prom', 'prometheus'],
  ['.txt', 'table'],
];

/** What a file of that name holds; undefined where its ending does not say. */
export function formatOf(path: string): FleetFormat | undefined {
  return endings.find(([ending]) => path.toLowerCase().endsWith(ending))?.[1];
}
