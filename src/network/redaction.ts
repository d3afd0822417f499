import { parseJson } from '../text/json.ts';
import { mask, masked } from '../text/mask.ts';
import { Secret } from '../text/secret.ts';
import type { HttpResponse } from './http.ts';

/**
 * Names of members and settings with secret values: `APNSPass`, `access_token`,
 * `com.example_APNSCert`.
 */
const secretName =
  /(password|passphrase|secret|apnspass|apnscert|(^|access|refresh|id)_?token|code_verifier|api_?key|private_?key|secret_?key|otpkey|otpcode|usercert|^answer|^auth|sessionid)$/i;
const secretHeaders = ['set-cookie', 'authorization'];

/** The secrets in a JSON document, found by their member names. */
export function secretsIn(document: unknown): readonly Secret[] {
  const found: Secret[] = [];
  mapSecrets(document, (value) => {
    found.push(new Secret(value));
    return value;
  });
  return found;
}

/** The secrets in a path's query, found by their parameter names. */
export function secretsInQuery(path: string): readonly Secret[] {
  const found: Secret[] = [];
  redactQuery(path, (value) => found.push(new Secret(value)));
  return found;
}

/** A path with masked secrets in its query; `found` gets each of them, decoded. */
export function redactQuery(path: string, found: (value: string) => void = () => {}): string {
  return path.replace(/(?<=[?&])[^?&=]+=[^&]+/g, (pair) => {
    const [[name = '', value = ''] = []] = [...new URLSearchParams(pair)];
    if (!secretName.test(name)) return pair;
    found(value);
    return `${pair.slice(0, pair.indexOf('='))}=${mask}`;
  });
}

/**
 * The answer with the given secrets and its own secret members masked; otherwise
 * unchanged.
 */
export function redactAnswer(response: HttpResponse, secrets: readonly Secret[]): HttpResponse {
  const headers = Object.entries(response.headers).map(([name, value]) => [
    name,
    secretHeaders.includes(name) ? mask : masked(value, secrets),
  ]);
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: masked(redactMembers(response.body), secrets),
  };
}

/** A body without secrets keeps its spelling. */
function redactMembers(body: string): string {
  const document = parseJson(body);
  if (secretsIn(document).length === 0) return body;
  return JSON.stringify(mapSecrets(document, () => mask));
}

function mapSecrets(value: unknown, replace: (secret: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const { ID } = value as { ID?: unknown };
  // A row of tenant settings has the name in one member and the value in another.
  const isSecretRow = typeof ID === 'string' && secretName.test(ID);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const hidden = secretName.test(name) || (isSecretRow && name === 'Value');
      return [
        name,
        hidden && typeof member === 'string' && member !== ''
          ? replace(member)
          : mapSecrets(member, replace),
      ];
    }),
  );
}
