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
 * @property {readonly { level: string, code: string, message: string, hint: string }[]} findings
 */

const day = 86_400_000;
/** A cell is cut here: GitHub refuses a summary of more than 1 MiB. */
const longest = 500;

/**
 * @param {SetReport | { error: ErrorReport }} report that of `apns set`, or what an error told
 * @param {object} given
 * @param {string} given.verdict one line
 * @param {string | undefined} given.environment the one that was asked for, or nothing
 * @param {number} given.now
 */
export function formatSummary(report, { verdict, environment, now }) {
  const told = 'error' in report ? errorRows(report.error) : reportRows(report, environment, now);
  const rows = [['Verdict', verdict], ...told];
  const lines = rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return ['### Apple push certificate', '', '| | |', '|---|---|', ...lines, '', ''].join('\n');
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
    ...(findings.length === 0
      ? [['Findings', 'none']]
      : findings.map(({ level, code, message }) => [`${level}: ${code}`, message])),
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
