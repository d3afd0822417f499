import type { AssumptionName, Assumptions } from '../../emulator/assumptions.ts';
import type { HttpResponse } from '../../network/http.ts';
import { roleIdCall } from '../../tenant/administration/roles.ts';
import { type BareCall, lacksRight, readBareAnswer } from '../../tenant/bare-call.ts';
import { lacksParameter } from '../../tenant/envelope.ts';
import {
  advancedConfigCall,
  latestKeySetting,
  namelessConfigCall,
  tenantConfigCall,
} from '../../tenant/tenant-config.ts';
import { parseJson } from '../../text/json.ts';
import { type Asked, Inconclusive, type Look, wordsFor } from './look.ts';

interface Observation<Value> {
  readonly found: Value;
  readonly evidence: string;
}

/** Tests one assumption, and changes nothing. @throws {Inconclusive} */
type Probe<Value> = (look: Look) => Observation<Value> | Promise<Observation<Value>>;

/** A name that does not exist. */
const nothing = 'mfa-cli-probe';

export const probes: { readonly [Name in AssumptionName]: Probe<Assumptions[Name]> } = {
  'mobile-parameters'({ sentAs }) {
    if (sentAs !== 'json' && sentAs !== 'form' && sentAs !== 'query')
      throw unchanging('only apns set and apns delete show it, and neither was run from here');
    return {
      found: sentAs,
      evidence: `the tenant accepted the last certificate from this machine as ${sentAs}`,
    };
  },
  'delete-absent': inconclusive('only a deletion shows it'),
  'delete-old-key': inconclusive('only a deletion shows it'),
  'delete-default': inconclusive('only a deletion shows it'),
  'missing-parameter': calls(
    namelessConfigCall,
    ' without its parameter',
    (answer, _look, evidence) => {
      if (!lacksParameter(answer, ['key'])) throw new Inconclusive(evidence);
      const isKey = /RequiredParameter/i.test(readBareAnswer(answer)?.messageId ?? '');
      return { found: isKey ? 'message-id' : 'words', evidence };
    },
  ),
  async 'missing-right'(look) {
    const refused = (await answersOf(look, [advancedConfigCall, tenantConfigCall])).find(
      lacksRight,
    );
    if (refused === undefined)
      throw new Inconclusive('this session has every right that the calls need');
    return { found: refused.status === 403 ? '403' : '200', evidence: wordsFor(refused) };
  },
  'set-event': inconclusive('only setting a certificate shows it'),
  'p12-aes': inconclusive('the tenant opens a .p12 only for apns set'),
  'p12-iterations': inconclusive('the tenant opens a .p12 only for apns set'),
  'tenant-config': calls(tenantConfigCall, '', (answer, look, evidence) => {
    const reported = readBareAnswer(answer);
    if (reported?.isSuccess !== true)
      return { found: 'refused', evidence: requireSet(look, evidence) };
    return typeof reported.result === 'string' && reported.result !== ''
      ? { found: 'known', evidence: `${evidence} with a value` }
      : { found: 'unknown', evidence: requireSet(look, `${evidence} without a value`) };
  }),
  'advanced-config': calls(advancedConfigCall, '', (answer, look, evidence) => {
    const reported = readBareAnswer(answer);
    if (reported?.isSuccess !== true)
      return { found: 'shut', evidence: requireSet(look, evidence) };
    return JSON.stringify(reported.result ?? null).includes(`"${latestKeySetting}"`)
      ? { found: 'open', evidence: `${evidence} with the push settings` }
      : { found: 'silent', evidence: requireSet(look, `${evidence} without the push settings`) };
  }),
  'device-forms': inconclusive('only the calls of an enrolled phone show it'),
  'device-names': inconclusive('only the calls of an enrolled phone show it'),
  'otp-algorithm': inconclusive('only the enrollment of a phone shows it'),
  'token-answer': inconclusive('only the registration of a push token shows it'),
  'push-denied': inconclusive('only a denied push shows it'),
  'push-options': inconclusive('only a push shows it'),
  'app-id-case': inOtherCase('appId', 'application'),
  'client-id-case': inOtherCase('clientId', 'client'),
  'scope-case': inOtherCase('scope', 'scope'),
  'redirect-any-port': withRedirect('another port', (registered) => {
    registered.port = registered.port === '65535' ? '65534' : String(Number(registered.port) + 1);
  }),
  'redirect-localhost': withRedirect('localhost for 127.0.0.1', (registered) => {
    registered.hostname = 'localhost';
  }),
  'authorization-iss': inconclusive('only a sign-in shows it'),
  'failed-exchange': inconclusive('it needs the code of a sign-in'),
  'basic-credentials': inconclusive('a wrong attempt counts against the service user'),
  'access-token'({ token }) {
    if (typeof token === 'string') throw new Inconclusive(token);
    const [header = '', ...others] = token.reveal().split('.');
    const document = parseJson(Buffer.from(header, 'base64url').toString());
    const isJwt = others.length === 2 && typeof document === 'object' && document !== null;
    const evidence = `the token of the session has ${isJwt ? 'a' : 'no'} header of a JWT`;
    return { found: isJwt ? 'jwt' : 'opaque', evidence };
  },
  'refresh-token': inconclusive('a refresh token may be valid only once'),
  'revoke-public-client': inconclusive('only a revocation shows it'),
  async discovery({ discover }) {
    const { answer, isPublished } = await discover();
    const evidence = `its address answered ${wordsFor(answer)}`;
    if (isPublished) return { found: 'published', evidence };
    if (answer.status >= 500) throw new Inconclusive(evidence);
    return { found: 'absent', evidence };
  },
  'session-bearer': inconclusive('it needs a sign-in'),
  'session-mobile': inconclusive(
    'it needs a sign-in without an application, and a certificate to set',
  ),
  'device-right': inconclusive('only bootstrap reads the list of rights'),
  'role-grant': inconclusive('only granting a role a permission shows it'),
  'application-update': inconclusive('only an update shows it'),
  'absent-name': calls(roleIdCall(nothing), '', (answer, _look, words) => {
    const evidence = `${words} for a name that does not exist`;
    if (lacksRight(answer)) throw new Inconclusive(evidence);
    return { found: readBareAnswer(answer)?.isSuccess === true ? 'nothing' : 'refused', evidence };
  }),
};

function unchanging(why: string): Inconclusive {
  return new Inconclusive(`cannot be tested without changing something: ${why}`);
}

function inconclusive(why: string): () => never {
  return () => {
    throw unchanging(why);
  };
}

/**
 * One call with the session. `read` gets its answer, and the evidence: its path, `how` it
 * was called, and the answer.
 */
function calls<Value>(
  call: BareCall,
  how: string,
  read: (answer: HttpResponse, look: Look, evidence: string) => Observation<Value>,
): Probe<Value> {
  return async (look) => {
    const answer = await look.call(call);
    return read(answer, look, `${call.path}${how} answered ${wordsFor(answer)}`);
  };
}

function inOtherCase(
  member: 'appId' | 'clientId' | 'scope',
  cause: 'application' | 'client' | 'scope',
): Probe<'insensitive' | 'sensitive'> {
  return async (look) => {
    const name = look.connection[member];
    const other = [...name]
      .map((letter) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      )
      .join('');
    if (other === name) throw new Inconclusive(`the name of the ${cause} has no letters`);
    const isKnown = await takes(look, { [member]: other }, cause);
    const evidence = `with the case of its letters swapped, the ${cause} is ${isKnown ? 'known' : 'unknown'}`;
    return { found: isKnown ? 'insensitive' : 'sensitive', evidence };
  };
}

function withRedirect(what: string, change: (registered: URL) => void): Probe<'no' | 'yes'> {
  return async (look) => {
    const changed = new URL(look.redirectUri);
    change(changed);
    const isTaken = await takes(look, { redirectUri: changed.href }, 'redirect');
    const evidence = `the registered redirect with ${what} is ${isTaken ? 'accepted' : 'refused'}`;
    return { found: isTaken ? 'yes' : 'no', evidence };
  };
}

/**
 * Whether the authorization endpoint accepts a changed request.
 * @throws {Inconclusive} it does not accept the unchanged one; or another answer
 */
async function takes(look: Look, instead: Partial<Asked>, cause: string): Promise<boolean> {
  await requireKnown(look);
  const seen = await look.authorize(instead);
  if (seen.kind === 'known') return true;
  if (seen.kind === 'refused' && seen.error.facts.cause === cause) return false;
  throw new Inconclusive(unclear);
}

const unclear = 'the authorization endpoint gave no clear answer';

async function requireKnown(look: Look): Promise<void> {
  const seen = await look.authorize({});
  if (seen.kind === 'known') return;
  const cause = seen.kind === 'refused' ? seen.error.facts.cause : undefined;
  throw new Inconclusive(
    cause === undefined ? unclear : `the authorization endpoint rejected the given ${cause}`,
  );
}

/**
 * The evidence, if this machine has set a certificate: only then does the answer mean
 * something.
 * @throws {Inconclusive}
 */
function requireSet({ sentAs }: Look, evidence: string): string {
  if (sentAs !== null) return evidence;
  throw new Inconclusive(
    `${evidence}, which means nothing, since no certificate was set from here`,
  );
}

/** The answers of the calls that accept the session. @throws {Inconclusive} none does */
async function answersOf(look: Look, all: readonly BareCall[]): Promise<readonly HttpResponse[]> {
  const answers: HttpResponse[] = [];
  let last: Inconclusive | null = null;
  for (const call of all) {
    try {
      answers.push(await look.call(call));
    } catch (error) {
      if (!(error instanceof Inconclusive)) throw error;
      last = error;
    }
  }
  if (answers.length === 0 && last !== null) throw last;
  return answers;
}
