import type { OutgoingHttpHeaders } from 'node:http';

/** What a browser may do with a page of ours: nothing but show it, and keep and pass on nothing. */
export const pageHeaders: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

/** A page of one heading and one paragraph, both plain text. */
export function callbackPage(heading: string, paragraph: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(heading)} - mfa-cli</title></head>
<body><h1>${escaped(heading)}</h1><p>${escaped(paragraph)}</p></body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
