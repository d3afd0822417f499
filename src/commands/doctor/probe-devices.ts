import type { HttpResponse } from '../../network/http.ts';
import { parameterFault } from '../../tenant/envelope.ts';
import { otpAlgorithms } from '../../text/one-time-password.ts';
import { envelopeIn, type Look, type Probe, Untold, unchanging, wordsFor } from './look.ts';

/** What a phone reads of itself. */
const phoneDoor = '/Oath/GetProfileListForDevice';

/** Asks in a form that no library of the vendor has for this call. */
export const tellForms: Probe<'device-forms'> = async (look) => {
  const answer = await look.call(`${phoneDoor}?${new URLSearchParams(phone(look))}`);
  const isMissed = await missesPhone(answer, look);
  return {
    found: isMissed ? 'strict' : 'lenient',
    evidence: `${phoneDoor} with its parameter in the query answers ${wordsFor(answer)}`,
  };
};

export const tellNames: Probe<'device-names'> = async (look) => {
  const { DeviceID: deviceid } = phone(look);
  const answer = await look.call(phoneDoor, { deviceid });
  const isMissed = await missesPhone(answer, look);
  return {
    found: isMissed ? 'exact' : 'any',
    evidence: `${phoneDoor} with its parameter in lower case answers ${wordsFor(answer)}`,
  };
};

export const tellAlgorithm: Probe<'otp-algorithm'> = async (look) => {
  phone(look);
  const found = otpAlgorithms.find((algorithm) => algorithm === look.device?.otp.algorithm);
  if (found === undefined) throw new Untold('the enrollment of the phone of this profile did not tell it');
  return { found, evidence: 'the phone of this profile was enrolled with it' };
};

/** The parameter that names the virtual phone of this profile. @throws {Untold} */
function phone({ device }: Look): { readonly DeviceID: string } {
  if (device === null)
    throw unchanging('only the calls of an enrolled phone show it, and there is none in this profile');
  return { DeviceID: device.udid };
}

/** Whether a call missed the parameter that it takes when the vendor's library sends it. @throws {Untold} it never takes it */
async function missesPhone(answer: HttpResponse, look: Look): Promise<boolean> {
  const usual = await look.call(phoneDoor, phone(look));
  if (envelopeIn(usual)?.success !== true) throw new Untold(`${phoneDoor} answers ${wordsFor(usual)}`);
  if (envelopeIn(answer)?.success === true) return false;
  if (parameterFault(answer, ['DeviceID']) === 'missing') return true;
  throw new Untold(`${phoneDoor} answers ${wordsFor(answer)}`);
}
