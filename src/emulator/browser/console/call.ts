/** What the tenant said to a call; null: it was not there, or does not know who asks. */
export type CallAnswer = { readonly success: boolean; readonly Message: string | null } | null;

/** Lets the tenant make a call of its API, as the administrator. */
export async function call(api: string, parameters: Readonly<Record<string, unknown>>): Promise<CallAnswer> {
  try {
    const response = await fetch('/emulator/console/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Api: api, Parameters: parameters }),
    });
    return response.status === 200 ? await response.json() : null;
  } catch {
    return null;
  }
}

/** In a sentence. @param done what to say of a success */
export function inWords(answer: CallAnswer, done: string): string {
  if (answer === null) return 'Nothing was done: the emulator did not answer.';
  return answer.success ? done : `The tenant refused: ${answer.Message ?? 'it did not say why.'}`;
}
