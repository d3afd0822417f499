import { createServer } from 'node:https';
import { listen, pair, readBody, tlsFixture } from './http.ts';

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  user: { readonly login: string };
  state: 'open' | 'closed';
  readonly comments: { readonly body: string }[];
}

/** A stand-in for GitHub's issues of one repository, as far as `gh api` needs them, and the environment for gh. */
export async function startGithub() {
  const issues: Issue[] = [];
  const me = { login: 'github-actions[bot]' };
  const server = createServer(pair('server'), async (request, response) => {
    const [, number] =
      /^\/api\/v3\/repos\/team\/tickets\/issues(?:\/(\d+)\/comments)?(?:\?|$)/.exec(
        request.url ?? '',
      ) ?? [];
    const text = (await readBody(request)).toString();
    const answer = (status: number, document: unknown): void => {
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(document));
    };
    const found = issues.find((issue) => String(issue.number) === number);
    if (request.headers.authorization !== 'token the-github-token')
      answer(401, { message: 'Bad credentials' });
    else if (request.url === '/api/graphql') answer(200, { data: { viewer: me } });
    else if (number !== undefined) answer(found === undefined ? 404 : 200, found?.comments ?? {});
    else if (request.method === 'GET') answer(200, issues);
    else {
      const { title, body } = JSON.parse(text);
      const made: Issue = {
        number: issues.length + 1,
        title,
        body,
        user: me,
        state: 'open',
        comments: [],
      };
      issues.push(made);
      answer(201, { ...made, html_url: `https://github.example/${made.number}` });
    }
  });
  const host = `localhost:${await listen(server)}`;
  return {
    issues,
    env: {
      TICKETS: 'team/tickets',
      GH_HOST: host,
      GH_ENTERPRISE_TOKEN: 'the-github-token',
      SSL_CERT_FILE: tlsFixture('ca.pem'),
      GH_NO_UPDATE_NOTIFIER: '1',
    },
  };
}
