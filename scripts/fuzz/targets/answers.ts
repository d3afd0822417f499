import { explainAnswer } from '../../../src/apple/failure.ts';
import { readReason } from '../../../src/apple/http2-session.ts';
import type { HttpResponse } from '../../../src/network/http.ts';
import { redactAnswer, secretsIn } from '../../../src/network/redaction.ts';
import { readEnvelope, refusalIn, requireSuccess } from '../../../src/tenant/envelope.ts';
import { claimsOf } from '../../../src/tenant/oauth/claims.ts';
import { acceptedAnswer, type Grant } from '../../../src/tenant/oauth/token.ts';
import { parseJson } from '../../../src/text/json.ts';
import { Secret } from '../../../src/text/secret.ts';
import { mutateJson } from '../mutate.ts';
import {
  attempt,
  bytesOf,
  fixtures,
  requireHarmless,
  type Seed,
  say,
  type Target,
  Violation,
  written,
} from '../target.ts';

const secret = new Secret('hunter2-secret');
const statuses = [200, 400, 401, 403, 404, 429, 500, 502, 503];
const tenant = 'abc1234.id.cyberark.cloud';

/** Each member of a fixture that is a list or an object of answers. */
function answersIn(matching: RegExp): readonly Seed[] {
  return fixtures(matching).flatMap(({ name, bytes }) =>
    Object.entries(JSON.parse(Buffer.from(bytes).toString())).map(([part, value]) => ({
      name: `${name} ${part}`,
      bytes: Buffer.from(JSON.stringify(bodyOf(value))),
    })),
  );
}

function bodyOf(value: unknown): unknown {
  return (value as { answer?: { body?: unknown } } | null)?.answer?.body ?? value;
}

/** The input determines the status, so that it is the same each time. */
function responseOf(bytes: Uint8Array): HttpResponse {
  const sum = bytes.length + (bytes[bytes.length >> 1] ?? 0);
  return {
    status: statuses[sum % statuses.length] ?? 200,
    headers: { 'content-type': 'application/json', 'x-request-id': 'a\u001b[31mb' },
    body: new TextDecoder().decode(bytes),
  };
}

const json = {
  bytesLimit: 1024 * 1024,
  seconds: 3,
  mutate: ({ bytes }: Seed, all: readonly Seed[], random: Parameters<Target['mutate']>[2]) =>
    mutateJson(bytes, bytesOf(all), random),
};

/** An answer from the tenant: its envelope, what it refuses, and the answer without its secrets. */
export const envelope: Target = {
  ...json,
  name: 'envelope',
  seeds: () => answersIn(/^vendor\/answers\.json$/),
  async judge(bytes) {
    const response = responseOf(bytes);
    const refusal = refusalIn(response, tenant, [secret]);
    await attempt(() => {
      if (refusal !== null) throw refusal;
    });
    await attempt(() => requireSuccess(readEnvelope(response, tenant, [secret]), tenant));
    const shown = redactAnswer(response, [secret]);
    if (shown.body.includes(secret.reveal())) throw new Violation('shows a secret');
    const left = secretsIn(parseJson(shown.body)).find((found) => found.reveal() !== '[secret]');
    if (left !== undefined) throw new Violation('shows a member that is a secret by its name');
    await say(parseJson(shown.body) ?? null, (value) => JSON.stringify(value));
  },
};

const jwt = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const claims = { sub: 'ada', unique_name: 'ada\u001b[31m@example.com', exp: 1_800_000_000 };

/** An answer from the token endpoint, and what its token says. */
export const token: Target = {
  ...json,
  name: 'token',
  seeds: () => [
    ...answersIn(/^vendor\/oauth-examples\.json$/),
    ...written(
      JSON.stringify({
        access_token: jwt(claims),
        id_token: jwt(claims),
        token_type: 'Bearer',
        expires_in: 3600,
      }),
      JSON.stringify({ error: 'invalid_grant', error_description: 'hunter2-secret' }),
      JSON.stringify(claims),
    ),
  ],
  async judge(bytes) {
    const response = responseOf(bytes);
    const form = new URLSearchParams({ code: secret.reveal(), client_secret: secret.reveal() });
    const connection = { tenant, appId: 'mfa-cli', clientId: 'mfa-cli', clientSecret: secret };
    for (const grant of [
      'authorization_code',
      'refresh_token',
      'client_credentials',
    ] satisfies Grant[]) {
      const answer = await attempt(() => acceptedAnswer(response, grant, form, connection));
      if (answer === null) continue;
      requireHarmless(JSON.stringify(claimsOf(String(answer.access_token))));
    }
    const { user } = claimsOf(`e30.${Buffer.from(bytes).toString('base64url')}.c2ln`);
    requireHarmless(user ?? '');
  },
};

/** An answer from APNs. */
export const apns: Target = {
  ...json,
  bytesLimit: 64 * 1024,
  name: 'apns',
  seeds: () =>
    written(
      '{"reason":"Unregistered","timestamp":1761000000000}',
      '{"reason":"BadDeviceToken"}',
      '{"reason":"constructor","timestamp":8.64e15}',
    ),
  async judge(bytes) {
    const { status, body } = responseOf(bytes);
    const reason = readReason(body) ?? { reason: null, timestamp: null };
    const answer = { status, apnsId: null, ...reason };
    await say(
      { answer, explanation: explainAnswer(answer) },
      ({ explanation }) => `${explanation}\n`,
    );
  },
};
