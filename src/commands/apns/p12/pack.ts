import { checkPushIdentity } from '../../../checks/check-push-identity.ts';
import { finding } from '../../../checks/finding.ts';
import type { Context } from '../../../context.ts';
import { requireFreeNames } from '../../../files/directory.ts';
import { requireOneStdin } from '../../../files/read.ts';
import { writePrivateFile } from '../../../files/write.ts';
import type { Pkcs12Content, Pkcs12Encryption } from '../../../pkcs12/encode.ts';
import { countConcerns, wrote } from '../../../report/findings.ts';
import { formatIdentity, type IdentityReport, reportIdentity } from '../../../report/identity.ts';
import { requireValues } from '../../../settings/require-value.ts';
import type { Style } from '../../../terminal/style.ts';
import type { CommandModule } from '../../command.ts';
import {
  makeP12,
  newP12Password,
  openKey,
  readCertificates,
  refuseBinaryOnTerminal,
} from './make-p12.ts';
import { type PackOptions, packOptions } from './options.ts';

export interface PackReport extends IdentityReport {
  /**
   * The written file; null if errors in the findings prevented it, or if `content` has
   * the content.
   */
  readonly out: string | null;
  /** The base64 of the .p12 that goes to stdout, or null. */
  readonly content: string | null;
  readonly encryption: Pkcs12Encryption;
}

export async function pack(options: PackOptions, context: Context): Promise<PackReport> {
  const { encryption = packOptions.encryption.default, force = false } = options;
  const paths = await requirePaths(options, context);
  const out = paths.out === '-' ? null : paths.out;
  if (out === null) refuseBinaryOnTerminal(context);
  else if (!force) requireFreeNames([out]);

  const content = await readContent(paths, options, context);
  const password = await newP12Password({ file: options.newPasswordFile }, context);
  const made = { name: out ?? 'the .p12', path: out, password, encryption };
  const identity = await makeP12(content, made, context);
  const now = context.now();
  const findings = checkPushIdentity(identity, { now, to: context.destination }).map((one) =>
    one.code === 'key-mismatch'
      ? finding(one.code, 'The certificate does not match the key.', { hint: packHint })
      : one,
  );
  const judged = { encryption, ...reportIdentity(identity, findings, now) };
  const { pfx } = identity.container;
  if (!judged.ok) return { out: null, content: null, ...judged };
  if (out !== null) {
    await writePrivateFile(out, pfx, force, context.signal);
    return { out, content: null, ...judged };
  }
  for (const { level, message } of findings)
    if (level === 'warning') context.terminal.warn(message);
  return { out, content: Buffer.from(pfx).toString('base64'), ...judged };
}

const packHint =
  'Use the certificate that Apple issued for the request of this key, ' +
  'or the key that was made with the request.';

function format(report: PackReport, style: Style): string | Uint8Array {
  const { out, content } = report;
  if (content !== null) return Buffer.from(content, 'base64');
  const verdict =
    out === null
      ? style.verdict(
          'error',
          `Nothing was written: the checks found ${countConcerns(report.findings)}`,
        )
      : style.verdict('ok', wrote(out, 'certificate and private key'));
  return formatIdentity(report, verdict, style);
}

export const command: CommandModule<PackOptions, PackReport, string | Uint8Array> = {
  work: pack,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};

interface PackPaths {
  readonly cert: string;
  readonly key: string;
  readonly out: string;
}

/**
 * The given paths; asks for those that are missing. `-` is stdin or stdout.
 * @throws {CliError} usage, interrupted
 */
function requirePaths({ cert, key, out }: PackOptions, context: Context): Promise<PackPaths> {
  const needed = {
    cert: {
      given: cert,
      message: 'Path of the certificate:',
      name: 'certificate',
      option: '--cert FILE',
    },
    key: {
      given: key,
      message: 'Path of the private key:',
      name: 'private key',
      option: '--key FILE',
    },
    out: { given: out, message: 'The .p12 to write:', name: '.p12 to write', option: '--out FILE' },
  };
  return requireValues(needed, context);
}

/**
 * Reads the certificate and the key, without checking that they match. The .p12 gets the
 * name of the certificate, as in Keychain Access.
 * @throws {CliError} certificate-not-recognized, those of openKey and of reading a file
 */
async function readContent(
  { cert, key }: PackPaths,
  { keyPasswordFile, newPasswordFile }: PackOptions,
  context: Context,
): Promise<Pkcs12Content> {
  requireOneStdin([cert, key, keyPasswordFile, newPasswordFile]);
  const [leaf] = await readCertificates(cert, context);
  return {
    privateKey: await openKey(key, { file: keyPasswordFile }, context),
    certificate: leaf.der,
    chain: [],
    friendlyName: leaf.commonName,
  };
}
