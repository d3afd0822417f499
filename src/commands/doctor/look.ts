import { type ApplicationLook, lookAtApplication } from '../../auth/authorization-look.ts';
import type { Connection } from '../../auth/connection.ts';
import type { StoredDevice } from '../../auth/stored-schemas.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Http, HttpRequest, HttpResponse } from '../../network/http.ts';
import { isHtmlPage, isMissingRight, successIn } from '../../tenant/envelope.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import type { Secret } from '../../text/secret.ts';

/** Whom the probes ask, and what is known before. */
interface Subject {
  readonly connection: Connection;
  readonly redirectUri: string;
  /** Of the session; or why there is none, as a part of a sentence. */
  readonly token: Secret | string;
  /** How the tenant took the parameters of a certificate last: `json`, `form` or `query`; null where none was set from here. */
  readonly sentAs: string | null;
  /** The virtual phone that is enrolled there, or null. */
  readonly device: StoredDevice | null;
}

/** What an authorization request names. */
export type Asked = Pick<Connection, 'appId' | 'clientId' | 'scope'> & Pick<Subject, 'redirectUri'>;

/** What the probes look with. Every request is one that changes nothing, and is made once, whoever asks for its answer. */
export interface Look extends Subject {
  /** Without a session. @throws {CliError} what Http throws, rate-limited */
  ask(request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<HttpResponse>;
  /** What the authorization endpoint answers nobody who asks for this instead of what is right. @throws {CliError} as `ask` */
  authorize(instead: Partial<Asked>): Promise<ApplicationLook>;
  /** `POST` with the session; without parameters beyond those in the path there is no body. @throws {Untold} nobody is signed in, or not for this; and as `ask` */
  call(path: string, parameters?: object): Promise<HttpResponse>;
}

/** Thrown by a look, or a probe, that tells nothing; its message is the evidence. */
export class Untold extends Error {}

export function createLook(http: Http, subject: Subject): Look {
  const { connection, token } = subject;
  let end: CliError | null = null;

  /** Once the tenant does not answer, or wants to be left alone, it is not asked again. */
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
    async call(path, parameters) {
      if (typeof token === 'string') throw new Untold(token);
      const headers = {
        accept: 'application/json',
        ...(parameters === undefined ? {} : { 'content-type': 'application/json' }),
        'x-idap-native-client': 'true',
        authorization: `Bearer ${token.reveal()}`,
      };
      const url = `${connection.tenant}${path}`;
      const body = parameters === undefined ? {} : { body: JSON.stringify(parameters) };
      const answer = await ask({ method: 'POST', url, headers, ...body });
      const name = path.replace(/\?.*/, '');
      if (answer.status === 401)
        throw new Untold(`the session is not let in to ${name} (HTTP 401): its scope may not allow it`);
      if (envelopeIn(answer) === null) throw new Untold(`${name} answers ${wordsFor(answer)}`);
      return answer;
    },
  };
}

/** Work that is done once for each argument, whoever asks for its result. */
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

/** The members of the vendor's envelope, `success` in this spelling; null where it is none. */
export function envelopeIn({ body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  const members = membersOf(parseJson(body));
  const success = members === null ? undefined : successIn(members);
  return success === undefined ? null : { ...members, success };
}

/** Whether a refusal is for a right that is missing. */
export function lacksRight(answer: HttpResponse): boolean {
  const { success, MessageID, Message } = envelopeIn(answer) ?? {};
  return success === false && (answer.status === 403 || isMissingRight({ MessageID, Message }));
}

/** An answer in words that hold nothing of the tenant's but codes. */
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
