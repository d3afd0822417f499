// The table that the action writes on the page of a run. Every cell is escaped, since a certificate and a tenant choose their
// names freely.

/**
 * @typedef {{ code: string, message: string, hints: readonly string[] }} ErrorReport
 *
 * @typedef {object} SetReport that of `apns set`, as far as the action tells it
 * @property {boolean | null} sent
 * @property {boolean} dryRun
 * @property {string | null} topic
 * @property {string | null} fingerprint
 * @property {string | null} notAfter
 * @property {{ accepted: boolean, environment: string, explanation: string } | null} verification
 * @property {readonly Finding[]} findings
 *
 * @typedef {object} AppReport that of `app check`, as far as the action tells it
 * @property {{ file: string, team: string | null, profile: { expires: string } | null } | null} app
 * @property {string | null} project
 * @property {string | null} bundleId
 * @property {string | null} apsEnvironment
 * @property {readonly { ok: boolean | null }[]} steps
 * @property {readonly Finding[]} findings
 *
 * @typedef {object} Finding
 * @property {string} level
 * @property {string} code
 * @property {string} message
 * @property {string} hint
 * @property {string} [file] of a project
 * @property {number | null} [line]
 */

const day = 86_400_000;
/** A cell is cut here: GitHub refuses a summary of more than 1 MiB. */
const longest = 500;

/**
 * @param {SetReport | AppReport | { error: ErrorReport }} report that of `apns set` or
 *   `app check`, or what an error told
 * @param {object} given
 * @param {string} given.verdict one line
 * @param {string | undefined} given.environment the one that was asked for, or nothing
 * @param {number} given.now
 */
export function formatSummary(report, { verdict, environment, now }) {
  const rows = [['Verdict', verdict], ...rowsOf(report, environment, now)];
  const lines = rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return ['### Apple push certificate', '', '| | |', '|---|---|', ...lines, '', ''].join('\n');
}

/**
 * @param {SetReport | AppReport | { error: ErrorReport }} report
 * @param {string | undefined} environment
 * @param {number} now
 */
function rowsOf(report, environment, now) {
  if ('error' in report) return errorRows(report.error);
  return 'steps' in report ? appRows(report) : reportRows(report, environment, now);
}

/** @param {AppReport} report */
function appRows({ app, project, bundleId, apsEnvironment, findings }) {
  return [
    ['App', app?.file ?? project ?? 'none'],
    ['Bundle ID', bundleId ?? 'none'],
    ['Environment', apsEnvironment ?? 'none'],
    ...(app === null ? [] : [['Team', app.team ?? 'none']]),
    ...(app?.profile ? [['Profile until', app.profile.expires.slice(0, 10)]] : []),
    ...findingRows(findings),
  ];
}

/** @param {readonly Finding[]} findings */
function findingRows(findings) {
  if (findings.length === 0) return [['Findings', 'none']];
  return findings.map(({ level, code, message }) => [`${level}: ${code}`, message]);
}

/**
 * @param {SetReport} report
 * @param {string | undefined} environment
 * @param {number} now
 */
function reportRows({ topic, fingerprint, notAfter, verification, findings }, environment, now) {
  return [
    ['Topic', topic ?? 'none'],
    ['Environment', verification?.environment ?? (environment || 'not checked')],
    ['SHA-256', fingerprint ?? 'none'],
    [
      'Valid until',
      notAfter === null ? 'none' : `${notAfter.slice(0, 10)} (${daysLeft(notAfter, now)})`,
    ],
    ...(verification === null ? [] : [['APNs', verification.explanation]]),
    ...findingRows(findings),
  ];
}

/** @param {ErrorReport} error */
function errorRows({ code, message, hints }) {
  return [[`error: ${code}`, message], ...hints.map((hint) => ['Hint', hint])];
}

/**
 * @param {string} notAfter
 * @param {number} now
 */
function daysLeft(notAfter, now) {
  const days = Math.floor((Date.parse(notAfter) - now) / day);
  return days < 0 ? 'expired' : days === 1 ? '1 day left' : `${days} days left`;
}

/**
 * Text that neither Markdown nor HTML takes for anything else: all but letters, digits and blanks is written as a character
 * reference, which can open nothing.
 * @see https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
 * @param {string} text
 */
function cell(text) {
  return [...text.replaceAll(/[\p{C}\s]+/gu, ' ')]
    .slice(0, longest)
    .map((character) =>
      /[\p{L}\p{N} ,✓✗]/u.test(character) ? character : `&#${character.codePointAt(0)};`,
    )
    .join('');
}
