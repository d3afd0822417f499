import type { ServerResponse } from 'node:http';
import { inHtml } from '../../text/printable.ts';
import { sendPage } from '../http-messages.ts';

/** HTTP 302 with ASP.NET's page. */
export function sendMoved(response: ServerResponse, location: string): void {
  response.setHeader('Location', location);
  sendPage(
    response,
    302,
    `<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to <a href="${inHtml(location)}">here</a>.</h2>\r\n</body></html>\r\n`,
  );
}
