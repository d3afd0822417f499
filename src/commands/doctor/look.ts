import type { SignInTerms } from '../../auth/sign-in-terms.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Http, HttpRequest, HttpResponse } from '../../network/http.ts';
import { type BareCall, readBareAnswer, sendBareCall } from '../../tenant/bare-call.ts';
import { type Discovery, readDiscovery } from '../../tenant/discovery.ts';
import { isHtmlPage } from '../../tenant/envelope.ts';
import { type ApplicationLook, lookAtApplication } from '../../tenant/oauth/authorization.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import type { Secret } from '../../text/secret.ts';

interface Subject {
  readonly connection: SignInTerms;
  readonly redirectUri: string;
  /** The session's token; or, as part of a sentence, why none can be used. */
  readonly token: Secret | string;
  /**
   * The form in which the tenant last took a certificate's parameters: `json`, `form` or
   * `query`; null: none was set from here.
   */
  readonly sentAs: string | null;
}

export type Asked = Pick<SignInTerms, 'appId' | 'clientId' | 'scope'> &
  Pick<Subject, 'redirectUri'>;

/** The requests of the probes. None changes anything, and each is sent once. */
export interface Look extends Subject {
  /**
   * OpenID discovery, without a session.
   * @throws {CliError} what Http throws, rate-limited
   */
  discover(): Promise<Discovery>;
  /**
   * The authorization endpoint's answer to a request with these members.
   * @throws {CliError} as `discover`
   */
  authorize(instead: Partial<Asked>): Promise<ApplicationLook>;
  /**
   * Sends `POST` with the session and no body.
   * @throws {Inconclusive} there is no session, or its scope does not allow the call; and
   *   as `discover`
   */
  call(call: BareCall): Promise<HttpResponse>;
}

/** Thrown by a probe without a result; its message is the evidence. */
export class Inconclusive extends Error {}

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
    discover: () => readDiscovery(connection, { send: ask }),
    authorize: once(({ redirectUri = subject.redirectUri, ...instead }) =>
      lookAtApplication({ ...connection, ...instead }, redirectUri, { send }),
    ),
    async call(call) {
      if (typeof token === 'string') throw new Inconclusive(token);
      const session = { tenant: connection.tenant, token };
      const answer = await sendBareCall(call, session, { send: ask });
      const { path } = call;
      if (answer.status === 401)
        throw new Inconclusive(
          `${path} rejected the session (HTTP 401): its scope may not allow the call`,
        );
      if (readBareAnswer(answer) === null)
        throw new Inconclusive(`${path} answered ${wordsFor(answer)}`);
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

/** An answer in words, with nothing of the tenant's except codes. */
export function wordsFor(answer: HttpResponse): string {
  const { status, body } = answer;
  const reported = readBareAnswer(answer);
  if (reported?.isSuccess === true) return `HTTP ${status}, success`;
  if (reported !== null) {
    const { messageId } = reported;
    const isCode = messageId !== null && /^_I18N_[\w.]{1,100}$/.test(messageId);
    return `HTTP ${status}, refused, ${isCode ? messageId : 'no MessageID'}`;
  }
  const { error } = membersOf(parseJson(body)) ?? {};
  if (typeof error === 'string' && /^[a-z_]{1,40}$/.test(error)) return `HTTP ${status}, ${error}`;
  return `HTTP ${status}${isHtmlPage(answer) ? ', a page' : ''}`;
}
