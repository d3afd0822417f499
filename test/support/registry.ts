import { readBody, startAnswering } from './http.ts';

export interface Registry {
  readonly url: string;
  /** Method and path of each request, and the body of a POST. */
  readonly requests: readonly { readonly line: string; readonly body: Buffer }[];
}

/** A stand-in for the npm registry until the test is finished: answers by path, or 404. */
export async function startRegistry(
  answers: (url: string) => Readonly<Record<string, string | Buffer | number>>,
): Promise<Registry> {
  const requests: { line: string; body: Buffer }[] = [];
  const url = await startAnswering(async (request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, body: await readBody(request) });
    const answer = answers(url)[request.url ?? ''] ?? 404;
    if (typeof answer === 'number') response.writeHead(answer).end('{}');
    else response.setHeader('Content-Type', 'application/json').end(answer);
  });
  return { url, requests };
}
