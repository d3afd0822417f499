import type { HttpResponse } from '../../network/http.ts';
import { parameterFault } from '../../tenant/envelope.ts';
import { envelopeIn, type Look, lacksRight, type Probe, Untold, unchanging, wordsFor } from './look.ts';

const setting = 'Mobile.IosCustomApp.ClientAppKey';
const singleDoor = '/Core/GetTenantConfig';
const askSetting = `${singleDoor}?key=${setting}&dflt=`;
const wholeDoor = '/TenantConfig/GetAdvancedConfig';

export const tellParameters: Probe<'mobile-parameters'> = async ({ sentAs }) => {
  if (sentAs !== 'json' && sentAs !== 'form' && sentAs !== 'query')
    throw unchanging('only apns set and apns delete show it, and neither was run here');
  return { found: sentAs, evidence: `what this machine set last was taken as ${sentAs}` };
};

/** By a read that misses its parameter. */
export const tellMissingParameter: Probe<'missing-parameter'> = async (look) => {
  const answer = await look.call(singleDoor);
  const evidence = `${singleDoor} without its parameter answers ${wordsFor(answer)}`;
  if (parameterFault(answer, ['key']) !== 'missing') throw new Untold(evidence);
  const isKey = /RequiredParameter/i.test(String(envelopeIn(answer)?.MessageID));
  return { found: isKey ? 'message-id' : 'words', evidence };
};

/** By whichever read the session has no right to. */
export const tellMissingRight: Probe<'missing-right'> = async (look) => {
  const refused = (await answersOf(look, [wholeDoor, askSetting])).find(lacksRight);
  if (refused === undefined) throw new Untold('this session lacks no right that was asked for');
  return { found: refused.status === 403 ? '403' : '200', evidence: wordsFor(refused) };
};

export const tellTenantConfig: Probe<'tenant-config'> = async (look) => {
  const answer = await look.call(askSetting);
  const { success, Result } = envelopeIn(answer) ?? {};
  const evidence = `${singleDoor} answers ${wordsFor(answer)}`;
  if (success !== true) return { found: 'refused', evidence: requireSet(look, evidence) };
  if (typeof Result === 'string' && Result !== '')
    return { found: 'known', evidence: `${evidence} with a value` };
  return { found: 'unknown', evidence: requireSet(look, `${evidence} without a value`) };
};

export const tellAdvancedConfig: Probe<'advanced-config'> = async (look) => {
  const answer = await look.call(wholeDoor);
  const { success, Result } = envelopeIn(answer) ?? {};
  const evidence = `${wholeDoor} answers ${wordsFor(answer)}`;
  if (success !== true) return { found: 'shut', evidence: requireSet(look, evidence) };
  if (JSON.stringify(Result ?? null).includes(`"${setting}"`))
    return { found: 'open', evidence: `${evidence} with the push settings` };
  return { found: 'silent', evidence: requireSet(look, `${evidence} without the push settings`) };
};

/** The evidence, where this machine has set a certificate: it is let in then, and there is something to tell. @throws {Untold} */
function requireSet({ sentAs }: Look, evidence: string): string {
  if (sentAs !== null) return evidence;
  throw new Untold(`${evidence}, and no certificate was set from here that would show what that means`);
}

/** What those answer that let the session in. @throws {Untold} none does */
async function answersOf(look: Look, paths: readonly string[]): Promise<readonly HttpResponse[]> {
  const answers: HttpResponse[] = [];
  let last: Untold | null = null;
  for (const path of paths) {
    try {
      answers.push(await look.call(path));
    } catch (error) {
      if (!(error instanceof Untold)) throw error;
      last = error;
    }
  }
  if (answers.length === 0 && last !== null) throw last;
  return answers;
}
