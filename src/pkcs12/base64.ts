import util from 'node-forge/lib/util.js';
import { toBinary } from './asn1.ts';

/**
 * Encodes bytes as base64 (RFC 4648 §4) without line breaks, for `APNSCert` and
 * `apns convert`.
 */
export function encodeBase64(bytes: Uint8Array): string {
  return util.encode64(toBinary(bytes));
}
