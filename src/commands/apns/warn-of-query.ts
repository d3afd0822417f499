import type { Context } from '../../context.ts';

/** Warns before a request puts secrets into a query. */
export function warnOfQuery(sendAs: string | null, content: string, { terminal }: Context): void {
  if (sendAs === 'query')
    terminal.warn(
      `Servers and proxies log addresses, queries included: their logs will contain ${content}`,
    );
}
