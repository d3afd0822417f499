import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../support/http.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A tenant that keeps the rules of RFC 6749 and 7636, answers as the vendor does, and can be told to answer otherwise. */
export interface ScriptedTenant {
  readonly url: string;
  /** Every form that was posted, in order. */
  readonly forms: { readonly path: string; readonly form: Readonly<Record<string, string>> }[];
  /** Answers every POST this way instead; null: by the rules. */
  script: ((form: URLSearchParams, path: string) => Answer | Promise<Answer>) | null;
  /** Added to each token answer, over what is there; undefined takes a member away. */
  extra: Record<string, unknown>;
  /** Added to the query that the browser is sent back with. */
  extraRedirect: Record<string, string>;
  /** The refresh token that is good now; each use replaces it. */
  refreshToken: string;
  close(): Promise<void>;
}

export async function startScriptedTenant(): Promise<ScriptedTenant> {
  const codes = new Map<string, URLSearchParams>();
  let issued = 0;
  const server = createServer(async (request, response) => {
    // The clocks of the tests are not the real one.
    response.sendDate = false;
    const url = new URL(request.url ?? '', tenant.url);
    if (request.method === 'GET') {
      const code = `code-${codes.size}`;
      codes.set(code, url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      const state = url.searchParams.get('state') ?? '';
      back.search = new URLSearchParams({ code, state, ...tenant.extraRedirect }).toString();
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const form = new URLSearchParams((await readBody(request)).toString());
    tenant.forms.push({ path: url.pathname, form: Object.fromEntries(form) });
    const answer = await (tenant.script ?? byTheRules)(form, url.pathname);
    response.writeHead(answer.status).end(answer.body);
  });

  function byTheRules(form: URLSearchParams, path: string): Answer {
    if (path.startsWith('/OAuth2/Revoke/')) return { status: 200, body: '' };
    const request = codes.get(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const granted = {
      authorization_code:
        request?.get('code_challenge') === challenge &&
        request.get('redirect_uri') === form.get('redirect_uri'),
      refresh_token: form.get('refresh_token') === tenant.refreshToken,
      client_credentials: form.get('client_secret') === 'service-secret',
    }[form.get('grant_type') ?? ''];
    if (!granted) return refusal('invalid_grant', 'supplied code does not match known request');
    codes.delete(form.get('code') ?? '');
    issued++;
    if (form.get('grant_type') === 'refresh_token') tenant.refreshToken = `refresh-${issued}`;
    const answer = {
      access_token: `access-${issued}`,
      token_type: 'Bearer',
      refresh_token:
        form.get('grant_type') === 'client_credentials' ? undefined : tenant.refreshToken,
      expires_in: 18000,
      scope: form.get('scope') ?? 'all',
      ...tenant.extra,
    };
    return { status: 200, body: JSON.stringify(answer) };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tenant: ScriptedTenant = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forms: [],
    script: null,
    extra: {},
    extraRedirect: {},
    refreshToken: 'refresh-0',
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return tenant;
}

export function refusal(error: string, description: string): Answer {
  return { status: 400, body: JSON.stringify({ error, error_description: description }) };
}
