import type { Context } from '../../context.ts';
import type { SentAs } from '../../tenant/client.ts';

/** How the command line wants the parameters sent. */
export interface SendAsOptions {
  readonly sendAs?: SentAs;
}

/**
 * The forms to try in turn: what the option says and nothing else; without it JSON and a form, first the one that the
 * tenant took last. The query is never among those, as addresses are logged.
 */
export function formsToTry({ sendAs }: SendAsOptions, taken: string | null): readonly SentAs[] {
  if (sendAs !== undefined) return [sendAs];
  return taken === 'form' ? ['form', 'json'] : ['json', 'form'];
}

/** Says what a query gives away, before anything is sent. */
export function warnOfQuery({ sendAs }: SendAsOptions, content: string, { terminal }: Context): void {
  if (sendAs === 'query')
    terminal.warn(
      `A query is part of the address, and addresses end up in the logs of servers and proxies: ${content} with it`,
    );
}
