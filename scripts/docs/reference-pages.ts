import { type FindingCode, findingKinds, usualHint } from '../../src/checks/finding.ts';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { type ErrorCode, entries } from '../../src/errors/entries.ts';
import type { ErrorArea } from '../../src/errors/entry.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { findingMeanings } from '../../src/reference/topics/findings.ts';
import { errorCodes } from './error-codes.ts';

const generated = '<!-- `npm run docs` writes this page from the sources -->';

/** The parts of docs/errors.md, in their order. */
const areas: Readonly<Record<ErrorArea, string>> = {
  usage: 'The command line',
  input: 'The content of a file',
  file: 'Reading and writing files',
  session: 'Signing in',
  tenant: 'The tenant',
  apns: 'APNs',
  fleet: 'Fleets',
  program: 'Programs',
};

/** docs/errors.md: every error code, with its exit code, cause and fix. */
export function errorsPage(): string {
  const codes = Object.keys(entries) as ErrorCode[];
  const parts = Object.entries(areas).map(([area, title]) => {
    const sections = codes.filter((code) => entries[code].area === area).map(errorSection);
    return `## ${title}\n\n${sections.join('\n')}`;
  });
  return `# Error codes

${generated}

A command that fails shows a message, and hints that tell you how to fix it. With \`--json\` it prints
\`{"error": {"code", "message", "hints", "exitCode"}}\`. A script should compare \`code\` or the exit code, never the message:
[codes are stable](commands.md#stability). \`mfa-cli\` shows only the hints that fit the case; this page lists the hints of each code.
Words in capitals are placeholders.

Problems that the checks find in a .p12 are [findings](findings.md). [troubleshooting.md](troubleshooting.md) starts from a symptom.

${byExitCode(codes)}

${parts.join('\n')}`;
}

/** The codes of each exit code, a line each. */
function byExitCode(codes: readonly ErrorCode[]): string {
  const exitCodes = [...new Set(codes.map((code) => entries[code].exitCode))];
  const rows = exitCodes
    .sort((one, other) => one - other)
    .map((exitCode) => {
      const links = codes.filter((code) => entries[code].exitCode === exitCode).map(linkTo);
      return `- Exit code ${exitCode}: ${links.join(', ')}`;
    });
  return rows.join('\n');
}

function errorSection(code: ErrorCode): string {
  const { exitCode } = entries[code];
  const lines = fixes(code).map((hint) => `- ${hint}`);
  const fix = lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
  return `### \`${code}\`

Exit code ${exitCode}. ${errorCodes[code].cause}
${fix}`;
}

/** Every hint of a code, each once. */
function fixes(code: ErrorCode): readonly string[] {
  const hints = errorCodes[code].examples.flatMap((facts) =>
    hintsFor(new CliError(code, '', { facts }), nowhere),
  );
  return [...new Set(hints)];
}

/** docs/findings.md: every finding, with its level, meaning and fix. */
export function findingsReference(): string {
  const codes = Object.keys(findingKinds) as FindingCode[];
  const sections = codes.map(findingSection);
  return `# Findings

${generated}

A finding is a problem that the checks find in a .p12, or in its use for a tenant. An error stops a command with exit code 4
before anything is sent. \`--fail-on warning\` also stops at warnings, and \`--force\` sends despite findings, unless one says otherwise. In a report, each
finding has \`code\`, \`level\`, \`message\` and \`hint\`. [Codes and levels are stable](commands.md#stability).

\`mfa-cli help findings\` shows this page in a terminal. A command that fails without a report has an [error code](errors.md).

${byLevel(codes)}

${sections.join('\n')}`;
}

/** The findings of each level, a line each. */
function byLevel(codes: readonly FindingCode[]): string {
  const rows = (['error', 'warning', 'info'] as const).map((level) => {
    const links = codes.filter((code) => findingKinds[code].level === level).map(linkTo);
    return `- Level ${level}: ${links.join(', ')}`;
  });
  return rows.join('\n');
}

/** A link to the section of a code. */
function linkTo(code: string): string {
  return `[\`${code}\`](#${code})`;
}

function findingSection(code: FindingCode): string {
  const meaning = findingMeanings[code];
  return `### \`${code}\`

Level: ${findingKinds[code].level}. ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}

${usualHint(code, { file: 'cert.p12' })}
`;
}
