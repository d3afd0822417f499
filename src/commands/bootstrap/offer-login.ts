import type { Context } from '../../context.ts';
import { signInAndSave } from '../../delivery/saved-sign-in.ts';
import type { OpenBootstrap } from './open.ts';

/** Offers a person to sign in with what was made; whoever has a session for it is not asked. @throws {CliError} as login */
export async function offerLogin(
  { settings, tenant, user, isPerson }: OpenBootstrap,
  context: Context,
): Promise<void> {
  const { session } = settings.profile;
  const { appId, clientId, profileName } = settings;
  const isSignedIn = session?.tenant === tenant && session.appId === appId && session.clientId === clientId;
  if (!isPerson || isSignedIn || !context.terminal.interactive || settings.credentials !== null) return;
  const agreed = await context.prompt.confirm({
    message: `Sign in with it now, as the profile "${profileName}"?`,
    initial: true,
    unavailable: 'Nobody can be asked to sign in without a terminal',
  });
  if (!agreed) return;
  await signInAndSave(settings, { openBrowser: true, loginHint: user ?? undefined }, context);
  context.terminal.note(`Signed in to ${tenant}; next: mfa-cli apns set cert.p12`);
}
