// The main step of action.yml: runs `apns set --json`, or `app check --json` for a given app,
// makes annotations and a summary of the findings, and gives the outputs. Plain Node.js without a dependency, since nothing need be installed beside the program. Settings and secrets
// come in the program's own variables, which it reads itself.
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { formatSummary } from './action/summary.mjs';

/** The inputs behind the program's variables: an error that names one of these is mended by the other. */
const inputOf = {
  MFA_CLI_TENANT: 'tenant',
  MFA_CLI_CLIENT_ID: 'client-id',
  MFA_CLI_CLIENT_SECRET: 'client-secret',
  MFA_CLI_P12: 'p12',
  MFA_CLI_P12_BASE64: 'p12-base64',
  MFA_CLI_P12_PASSWORD: 'password',
};

/** Where an answer is missing. */
const maybeSent = 'The tenant may have set the certificate';

/**
 * @typedef {import('./action/summary.mjs').ErrorReport} ErrorReport
 * @typedef {import('./action/summary.mjs').SetReport} SetReport
 * @typedef {import('./action/summary.mjs').AppReport} AppReport
 * @typedef {import('./action/summary.mjs').Finding} Finding
 */

const { env } = process;
process.exitCode = main();

function main() {
  if (env.ACTION_APP) return checkApp(env.ACTION_APP);
  const wrong = wrongSwitch() ?? missingSecret();
  if (wrong !== null) return fail({ code: 'usage', hints: [], ...wrong }, 2);
  const { report, exitCode, end } = run(words());
  if (report === null) return failWithoutReport(end, maybeSent);
  if (report.error !== undefined)
    return fail(withInputs(report.error), exitCode, report.sent === null ? maybeSent : undefined);
  annotateFindings(report.findings);
  giveOutputs({ fingerprint: report.fingerprint, 'not-after': report.notAfter });
  const verdict = verdictOf(report, exitCode);
  console.log(
    `${verdict}: SHA-256 ${report.fingerprint ?? 'none'}, valid until ${report.notAfter ?? 'none'}`,
  );
  summarize(report, `${exitCode === 0 ? '✓' : '✗'} ${verdict}`);
  return exitCode;
}

/**
 * Checks a built app, or a project, and sends nothing.
 * @param {string} path
 */
function checkApp(path) {
  const { report, exitCode, end } = run(['app', 'check', '--json', '--no-input', '--', path]);
  const unchecked = 'The app was not checked';
  if (report === null) return failWithoutReport(end, unchecked);
  if (report.error !== undefined) return fail(withInputs(report.error), exitCode, unchecked);
  /** @type {AppReport} */
  const { steps, findings } = report;
  annotateFindings(findings);
  const isWarned = findings.some(({ level }) => level === 'warning');
  const isRefused = exitCode === 0 && isWarned && env.ACTION_FAIL_ON === 'warning';
  const code = isRefused ? 4 : exitCode;
  const unjudged = steps.filter(({ ok }) => ok === null).length;
  const left = unjudged === 0 ? '' : `, ${unjudged} not checked`;
  const verdict = code === 0 ? `The app passes the checks${left}` : 'The app has faults';
  console.log(`${verdict}: ${report.bundleId ?? 'no bundle ID'}`);
  summarize(report, `${code === 0 ? '✓' : '✗'} ${verdict}`);
  return code;
}

/**
 * Runs the program. A report of null: it printed none.
 * @param {readonly string[]} words
 */
function run(words) {
  const program = env.ACTION_PROGRAM ?? '';
  const { status, signal, stdout } = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const report = parse(stdout);
  return { report, exitCode: status ?? 1, end: signal ?? status };
}

/**
 * @param {NodeJS.Signals | number | null} end the signal or the exit code
 * @param {string} verdict
 */
function failWithoutReport(end, verdict) {
  const message = `mfa-cli ended with ${end} and no report`;
  return fail({ code: 'internal-error', message, hints: [] }, 1, verdict);
}

/** @param {readonly Finding[]} findings */
function annotateFindings(findings) {
  for (const { code, level, message, hint, file, line } of findings) {
    const place = file === undefined ? '' : ` (${line === null ? file : `${file}:${line}`})`;
    if (level !== 'info') annotate(level, code, `${message} ${hint}${place}`);
  }
}

/** The command line. Values follow `=`, so that none passes for an option. */
function words() {
  const line = ['apns', 'set', '--json', '--no-input'];
  if (env.ACTION_TOPIC) line.push(`--topic=${env.ACTION_TOPIC}`);
  if (env.ACTION_ENVIRONMENT) line.push(`--environment=${env.ACTION_ENVIRONMENT}`);
  if (env.ACTION_WARN_DAYS) line.push(`--warn-days=${env.ACTION_WARN_DAYS}`);
  if (env.ACTION_FAIL_ON) line.push(`--fail-on=${env.ACTION_FAIL_ON}`);
  if (isTrue(env.ACTION_VERIFY)) line.push('--verify');
  if (isTrue(env.ACTION_DRY_RUN)) line.push('--dry-run');
  return line;
}

/**
 * As YAML 1.2 has it, which is what GitHub's own actions accept.
 * @param {string | undefined} text
 */
function isTrue(text) {
  return /^(true|True|TRUE)$/.test(text ?? '');
}

/** A value other than true or false ends the step: a guess might send. */
function wrongSwitch() {
  const switches = { 'dry-run': env.ACTION_DRY_RUN, verify: env.ACTION_VERIFY };
  for (const [input, text] of Object.entries(switches))
    if (!isTrue(text) && !/^(false|False|FALSE|)$/.test(text ?? ''))
      return { message: `The input ${input} is true or false, not "${text}"` };
  return null;
}

/** A secret that a store does not have comes as nothing, and it is said so before anything is done. */
function missingSecret() {
  if (!env.MFA_CLI_P12 && !env.MFA_CLI_P12_BASE64)
    return {
      message: 'There is no .p12: MFA_CLI_P12_BASE64 and MFA_CLI_P12 are empty',
      hints: ['Give the input p12-base64 from the secret store, or the input p12.'],
    };
  const credentials = ['MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE', 'MFA_CLI_TOKEN'];
  if (isTrue(env.ACTION_DRY_RUN) || credentials.some((name) => env[name])) return null;
  return {
    message: 'There is no client secret: MFA_CLI_CLIENT_SECRET is empty',
    hints: [
      'Give the input client-secret from the secret store: it may not exist there, or not for this job.',
    ],
  };
}

/**
 * The hints, and one of the inputs that stand for the variables in what was said.
 * @param {ErrorReport} error
 */
function withInputs(error) {
  const told = [error.message, ...error.hints].join(' ');
  const inputs = Object.entries(inputOf).flatMap(([name, input]) =>
    new RegExp(`\\b${name}\\b`).test(told) ? [`${input} for ${name}`] : [],
  );
  if (inputs.length === 0) return error;
  return { ...error, hints: [...error.hints, `Inputs of the action: ${inputs.join(', ')}.`] };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Tells an error as annotation and summary.
 * @param {ErrorReport} error
 * @param {number} exitCode
 * @param {string} [verdict]
 */
function fail(error, exitCode, verdict = 'Nothing was sent') {
  annotate('error', error.code, [`${error.message}.`, ...error.hints].join(' '));
  summarize({ error }, `✗ ${verdict}`);
  return exitCode;
}

/**
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @param {string} level
 * @param {string} title
 * @param {string} message
 */
function annotate(level, title, message) {
  const property = escapeMessage(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  console.log(`::${level} title=${property}::${escapeMessage(message)}`);
}

/**
 * As `@actions/core` does it, and the runner undoes it.
 * @param {string} text
 */
function escapeMessage(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/**
 * One line each: neither a fingerprint nor a date has a line break.
 * @param {Readonly<Record<string, string | boolean | null>>} outputs
 */
function giveOutputs(outputs) {
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== null) appendFileSync(env.GITHUB_OUTPUT ?? '', `${name}=${value}\n`);
  }
}

/**
 * The job summary; an older runner has none.
 * @param {SetReport | AppReport | { error: ErrorReport }} report
 * @param {string} verdict
 */
function summarize(report, verdict) {
  if (!env.GITHUB_STEP_SUMMARY) return;
  const summary = formatSummary(report, {
    verdict,
    environment: env.ACTION_ENVIRONMENT,
    now: Date.now(),
  });
  appendFileSync(env.GITHUB_STEP_SUMMARY, summary);
}

/**
 * @param {SetReport} report
 * @param {number} exitCode
 */
function verdictOf({ sent, dryRun, verification }, exitCode) {
  if (sent) return 'Set the push certificate';
  if (verification?.accepted === false) return 'Nothing was sent, APNs does not accept it';
  if (exitCode === 4) return 'Nothing was sent, the checks found errors';
  return dryRun ? 'Dry run, nothing was sent' : 'Nothing was sent';
}
