import { encodePayload, mfaPayload, mfaPushOf, simulatorPayload } from '../../apple/apns.ts';
import { judgeBundleId } from '../../settings/given-texts.ts';
import { requireValid } from '../../settings/require-value.ts';
import { inJson } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { PayloadOptions } from './options.ts';

export interface PayloadReport {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Size of the payload as sent: compact, in UTF-8. */
  readonly bytes: number;
  /** The bundle ID of the app in the simulator, or null. */
  readonly simulator: string | null;
}

async function payload(options: PayloadOptions): Promise<PayloadReport> {
  const push = mfaPushOf(options);
  const sent = mfaPayload(push);
  const bytes = encodePayload(sent).length;
  const { simulator } = options;
  if (simulator === undefined) return { payload: sent, bytes, simulator: null };
  requireValid(simulator, judgeBundleId, { option: '--simulator BUNDLE-ID' });
  return { payload: simulatorPayload(simulator, push), bytes, simulator };
}

export const command: CommandModule<PayloadOptions, PayloadReport, string | Uint8Array> = {
  work: payload,
  format: (report) => Buffer.from(`${inJson(report.payload)}\n`),
};
