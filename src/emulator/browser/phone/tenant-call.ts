/** Why a call did not give what was asked for. */
export class CallFailure extends Error {
  /** `unreachable` may be over at the next try; `signed-out` wants a person; a refusal is the tenant's last word. */
  readonly kind: 'unreachable' | 'signed-out' | 'refused';

  constructor(kind: CallFailure['kind'], message: string) {
    super(message);
    this.name = 'CallFailure';
    this.kind = kind;
  }
}

export const signedOut = (): CallFailure => new CallFailure('signed-out', 'The tenant ended the session.');

/** A request to the tenant that this page is of. */
interface TenantRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal?: AbortSignal | undefined;
}

export interface TenantAnswer {
  readonly status: number;
  /** The JSON, or undefined where it is none. */
  readonly document: unknown;
}

/** Sends a request. @throws {CallFailure} unreachable */
export type Send = (request: TenantRequest) => Promise<TenantAnswer>;

/** Sends with the token as the only proof: no cookie of the browser goes along, and no redirect is followed. */
export function createSend(origin: string): Send {
  return async ({ path, headers, body, signal }) => {
    try {
      const response = await fetch(`${origin}${path}`, {
        method: 'POST',
        headers,
        body,
        signal: signal ?? null,
        credentials: 'omit',
        redirect: 'error',
      });
      return { status: response.status, document: parse(await response.text()) };
    } catch {
      throw new CallFailure('unreachable', 'The tenant does not answer.');
    }
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
