import type { Person } from '../auth/factors/person.ts';
import type { Context } from '../context.ts';
import { noBrowserWords } from '../settings/values.ts';
import { onOneLine } from '../text/printable.ts';

const unavailable = 'Signing in needs a terminal';

/** Says whose sign-in the tenant's questions belong to, before the first of them. */
export function announceSignIn(tenant: string, user: string, { terminal }: Context): void {
  if (terminal.interactive)
    terminal.note(`Starting a sign-in of ${user} to ${tenant}. The tenant's questions follow.`);
}

/**
 * Asks the person who signs in, on this terminal and in the tenant's own words.
 * @param other the name of the person, if it is not who runs the program
 */
export function personAtTerminal(
  { prompt, terminal, openBrowser, env }: Context,
  other: string | null = null,
): Person {
  const name = other === null ? null : onOneLine(other);
  const asked = (words: string): string =>
    name === null ? words : `${name} must answer. ${words}`;
  return {
    other,
    async choose(mechanisms, { challenge, of }) {
      const how =
        name === null ? 'How do you prove who you are?' : `How does ${name} prove who they are?`;
      const id = await prompt.select({
        message: of > 1 ? `${how} (${challenge} of ${of})` : how,
        choices: mechanisms.map(({ id: value, select: name }) => ({ value, name })),
        unavailable,
      });
      const chosen = mechanisms.find((mechanism) => mechanism.id === id);
      if (chosen === undefined) throw new Error('a mechanism that was not offered');
      return chosen;
    },
    answer: (question) => prompt.password({ message: asked(asQuestion(question)), unavailable }),
    code: (question, signal) => prompt.password({ message: asked(question), unavailable, signal }),
    awaits(words, patience) {
      terminal.show(words);
      return terminal.progress(`Waiting for ${name ?? 'you'}`, patience);
    },
    tell: terminal.show,
    async openPage(address) {
      terminal.show(`Sign in at your identity provider:\n${address}`);
      if (!(await openBrowser(address))) terminal.warn(noBrowserWords(env));
    },
    trusts(host, tenant) {
      terminal.warn(`${new URL(tenant).host} sends you to ${host}`);
      return prompt.confirm({
        message: `Trust ${host} as part of your tenant, and send your password there?`,
        unavailable,
      });
    },
  };
}

function asQuestion(words: string): string {
  return /[:?]$/.test(words) ? words : `${words.replace(/\.$/, '')}:`;
}
