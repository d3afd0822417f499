import { CliError } from '../errors/cli-error.ts';
import type { HttpResponse } from '../network/http.ts';
import type { Secret } from '../text/secret.ts';
import { isHtmlPage, readEnvelope, requireSuccess } from './envelope.ts';

/**
 * The reason not to accept an answer of the tenant, or null: a status other than 2xx, `success: false`, or a page for a
 * browser. JSON without an envelope and other text are answers too.
 * The error's code is tenant-refused, tenant-forbidden, rate-limited, or tenant-not-json for a page with 2xx.
 */
export function refusalIn(
  response: HttpResponse,
  tenant: string,
  secrets: readonly Secret[],
): CliError | null {
  try {
    requireSuccess(readEnvelope(response, tenant, secrets), tenant);
    return null;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (['tenant-refused', 'tenant-forbidden', 'rate-limited'].includes(error.code)) return error;
    if (response.status > 299) return new CliError('tenant-refused', error.message);
    return isHtmlPage(response) ? error : null;
  }
}
