import type { Connection } from '../../auth/connection.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Http, HttpRequest, HttpResponse } from '../../network/http.ts';
import { isHtmlPage, isMissingRight, successIn } from '../../tenant/envelope.ts';
import { type ApplicationLook, lookAtApplication } from '../../tenant/oauth/authorization.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import type { Secret } from '../../text/secret.ts';

interface Subject {
  readonly connection: Connection;
  readonly redirectUri: string;
  /** The session's token; or, as part of a sentence, why none can be used. */
  readonly token: Secret | string;
  /** The form in which the tenant last took a certificate's parameters: `json`, `form` or `query`; null: none was set from here. */
  readonly sentAs: string | null;
}

export type Asked = Pick<Connection, 'appId' | 'clientId' | 'scope'> & Pick<Subject, 'redirectUri'>;

/** The requests of the probes. None changes anything, and each is sent once. */
export interface Look extends Subject {
  /** Without a session. @throws {CliError} what Http throws, rate-limited */
  ask(request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<HttpResponse>;
  /** The authorization endpoint's answer to a request with these members. @throws {CliError} as `ask` */
  authorize(instead: Partial<Asked>): Promise<ApplicationLook>;
  /** Sends `POST` with the session and no body. @throws {Untold} there is no session, or its scope does not allow the call; and as `ask` */
  call(path: string): Promise<HttpResponse>;
}

/** Thrown by a probe without a result; its message is the evidence. */
export class Untold extends Error {}

export function createLook(http: Http, subject: Subject): Look {
  const { connection, token } = subject;
  let end: CliError | null = null;

  /** Sends nothing more after a failure or a rate limit. */
  async function send(request: Omit<HttpRequest, 'retry'>): Promise<HttpResponse> {
    if (end !== null) throw end;
    try {
      const answer = await http.send({ ...request, retry: false, answersRedirect: true });
      if (answer.status !== 429) return answer;
      throw new CliError('rate-limited', 'The tenant received too many requests (HTTP 429)');
    } catch (error) {
      if (error instanceof CliError) end = error;
      throw error;
    }
  }

  const ask = once(send);
  return {
    ...subject,
    ask,
    authorize: once(({ redirectUri = subject.redirectUri, ...instead }) =>
      lookAtApplication({ ...connection, ...instead }, redirectUri, { send }),
    ),
    async call(path) {
      if (typeof token === 'string') throw new Untold(token);
      const headers = {
        accept: 'application/json',
        'x-idap-native-client': 'true',
        authorization: `Bearer ${token.reveal()}`,
      };
      const url = `${connection.tenant}${path}`;
      const answer = await ask({ method: 'POST', url, headers });
      const name = path.replace(/\?.*/, '');
      if (answer.status === 401)
        throw new Untold(
          `${name} refused the session (HTTP 401): its scope may not allow the call`,
        );
      if (envelopeIn(answer) === null) throw new Untold(`${name} answered ${wordsFor(answer)}`);
      return answer;
    },
  };
}

function once<Argument, Result>(
  work: (argument: Argument) => Promise<Result>,
): (argument: Argument) => Promise<Result> {
  const done = new Map<string, Promise<Result>>();
  return (argument) => {
    const key = JSON.stringify(argument);
    const result = done.get(key) ?? work(argument);
    done.set(key, result);
    return result;
  };
}

/** The members of the vendor's envelope, with `success` in this spelling; null: not an envelope. */
export function envelopeIn({ body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  const members = membersOf(parseJson(body));
  const success = members === null ? undefined : successIn(members);
  return success === undefined ? null : { ...members, success };
}

export function lacksRight(answer: HttpResponse): boolean {
  const { success, MessageID, Message } = envelopeIn(answer) ?? {};
  return success === false && (answer.status === 403 || isMissingRight({ MessageID, Message }));
}

/** An answer in words, with nothing of the tenant's except codes. */
export function wordsFor(answer: HttpResponse): string {
  const { status, body } = answer;
  const members = envelopeIn(answer);
  if (members?.success === true) return `HTTP ${status}, success`;
  if (members !== null) {
    const { MessageID } = members;
    const isCode = typeof MessageID === 'string' && /^_I18N_[\w.]{1,100}$/.test(MessageID);
    return `HTTP ${status}, refused, ${isCode ? MessageID : 'no MessageID'}`;
  }
  const { error } = membersOf(parseJson(body)) ?? {};
  if (typeof error === 'string' && /^[a-z_]{1,40}$/.test(error)) return `HTTP ${status}, ${error}`;
  return `HTTP ${status}${isHtmlPage(answer) ? ', a page' : ''}`;
}
