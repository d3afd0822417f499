import { encodePayload, mfaPayload, mfaPushOf, simulatorPayload } from '../../apple/apns.ts';
import type { Context } from '../../context.ts';
import { writePrivateFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import type { PushOptions } from '../../settings/options.ts';
import { judgeBundleId, requireValid } from '../../settings/require-value.ts';
import type { Style } from '../../terminal/style.ts';
import { inJson } from '../../text/printable.ts';
import { shellWord } from '../../text/shell.ts';
import type { CommandModule } from '../command.ts';

export interface PayloadOptions extends PushOptions {
  readonly simulator?: string;
  readonly out?: string;
  readonly force?: boolean;
}

export interface PayloadReport {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Size of the payload as sent: compact, in UTF-8. */
  readonly bytes: number;
  /** The bundle ID of the app in the simulator, or null. */
  readonly simulator: string | null;
  /** The written file, or null. */
  readonly out: string | null;
}

async function payload(options: PayloadOptions, context: Context): Promise<PayloadReport> {
  const push = mfaPushOf(options);
  const sent = mfaPayload(push);
  const bytes = encodePayload(sent).length;
  const { simulator = null } = options;
  if (simulator !== null) requireValid(simulator, judgeBundleId, { option: '--simulator BUNDLE-ID' });
  const shown = simulator === null ? sent : simulatorPayload(simulator, push);
  const out = options.out === undefined || options.out === '-' ? null : options.out;
  if (out !== null) await writePrivateFile(out, textOf(shown), options.force === true, context.signal);
  return { payload: shown, bytes, simulator, out };
}

function textOf(document: PayloadReport['payload']): string {
  return `${inJson(document)}\n`;
}

function format(report: PayloadReport, style: Style): string | Uint8Array {
  const { bytes, simulator, out } = report;
  if (out === null) return Buffer.from(textOf(report.payload));
  const done = `${style.mark('ok', wrote(out, `payload of ${bytes} bytes`))}\n`;
  return simulator === null
    ? done
    : `${done}\nWith the simulator running:\n  xcrun simctl push booted ${shellWord(out)}\n`;
}

export const command: CommandModule<PayloadOptions, PayloadReport> = { work: payload, format };
