import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Context } from '../../context.ts';
import { requireFreeNames } from '../../files/directory.ts';
import { refuseBinaryOnTerminal, writePrivateFile } from '../../files/write.ts';
import type { Pkcs12Encryption } from '../../pkcs12/encode.ts';
import { formatIdentity, type IdentityReport, reportIdentity } from '../../report/identity.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { makeP12, newP12Password } from './make-p12.ts';
import type { PackOptions } from './pack-inputs.ts';
import { readContent, requirePaths } from './pack-inputs.ts';

export interface PackReport extends IdentityReport {
  /** The file that was written; null where the findings have errors, so that none was, or where the content is here. */
  readonly out: string | null;
  /** The base64 of the .p12 that goes to stdout, or null. */
  readonly content: string | null;
  readonly encryption: Pkcs12Encryption;
}

export async function pack(options: PackOptions, context: Context): Promise<PackReport> {
  const { encryption = 'modern', force = false } = options;
  const paths = await requirePaths(options, context);
  const out = paths.out === '-' ? null : paths.out;
  if (out === null) refuseBinaryOnTerminal(context);
  else if (!force) requireFreeNames([out]);

  const content = await readContent(paths, options, context);
  const password = await newP12Password(options.newPasswordFile, context);
  const made = { name: out ?? 'the .p12', password, encryption };
  const identity = await makeP12(content, made, context);
  const now = context.now();
  const findings = checkPushIdentity(identity, { now });
  const judged = { encryption, ...reportIdentity(identity, findings, now) };
  const { pfx } = identity.container;
  if (!judged.ok) return { out: null, content: null, ...judged };
  if (out !== null) {
    await writePrivateFile(out, pfx, force, context.signal);
    return { out, content: null, ...judged };
  }
  for (const { level, message } of findings) if (level === 'warning') context.terminal.warn(message);
  return { out, content: Buffer.from(pfx).toString('base64'), ...judged };
}

function format(report: PackReport, style: Style): string | Uint8Array {
  const { out, content } = report;
  if (content !== null) return Buffer.from(content, 'base64');
  const verdict =
    out === null
      ? style.red('✗ Nothing was written: the checks found errors.')
      : `${style.green('✓')} Wrote ${out}`;
  return formatIdentity(report, verdict, style);
}

export const command: CommandModule<PackOptions, PackReport> = {
  work: pack,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
