// The main step of action.yml: runs `apns set --json`, makes annotations of what it found and gives the outputs.
// Plain Node.js without a dependency, since nothing need be installed beside the program. Settings and secrets come in
// the program's own variables, which it reads itself.
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

const { env } = process;
const { status, signal, stdout } = spawnSync(process.execPath, [env.ACTION_PROGRAM, ...words()], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
const report = parse(stdout);
if (report === null)
  annotate('error', 'internal-error', `mfa-cli ended with ${signal ?? status} and no report.`);
else if (report.error !== undefined) annotateError(report.error);
else {
  annotateFindings(report.findings);
  giveOutputs({ fingerprint: report.fingerprint, 'not-after': report.notAfter });
  console.log(verdict(report));
}
process.exitCode = report === null ? 1 : (status ?? 1);

/** The command line. A value stands behind `=`, so that none passes for an option. */
function words() {
  const line = ['apns', 'set', '--json', '--no-input'];
  if (env.ACTION_TOPIC) line.push(`--topic=${env.ACTION_TOPIC}`);
  if (env.ACTION_ENVIRONMENT) line.push(`--environment=${env.ACTION_ENVIRONMENT}`);
  if (isTrue(env.ACTION_DRY_RUN)) line.push('--dry-run');
  return line;
}

/** As YAML 1.2 has it, which is what GitHub's own actions accept. What is neither ends the step: a guess might send. */
function isTrue(text) {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE|)$/.test(text)) return false;
  annotate('error', 'usage', `The input dry-run is true or false, not "${text}".`);
  process.exit(2);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function annotateError({ code, message, hints }) {
  annotate('error', code, [`${message}.`, ...hints].join(' '));
}

function annotateFindings(findings) {
  for (const { code, level, message, hint } of findings) {
    if (level !== 'info') annotate(level, code, `${message} ${hint}`);
  }
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands */
function annotate(level, title, message) {
  const property = escapeMessage(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  console.log(`::${level} title=${property}::${escapeMessage(message)}`);
}

/** As `@actions/core` does it, and the runner undoes. */
function escapeMessage(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** One line each: neither a fingerprint nor a date has a line break. */
function giveOutputs(outputs) {
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== null) appendFileSync(env.GITHUB_OUTPUT, `${name}=${value}\n`);
  }
}

function verdict({ sent, dryRun, findings, fingerprint, notAfter }) {
  const which = `SHA-256 ${fingerprint ?? 'none'}, valid until ${notAfter ?? 'none'}`;
  if (sent) return `Set the push certificate: ${which}`;
  if (findings.some(({ level }) => level === 'error'))
    return `Nothing was sent, the checks found errors: ${which}`;
  return dryRun ? `Dry run, nothing was sent: ${which}` : `Nothing was sent: ${which}`;
}
