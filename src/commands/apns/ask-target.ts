import type { Context } from '../../context.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import type { Settings } from '../../settings/settings.ts';

/** Topics of a certificate that alerts are not sent to. */
const notForAlerts = /\.(voip|complication|voip-ptt)$/;

/**
 * Asks a person for what the settings leave open: the topic, where the certificate has several for alerts, and the
 * client app key, with the topic as its default. Without a terminal nothing is asked, and the defaults of the plan hold.
 * @throws {CliError} interrupted
 */
export async function askTarget(
  settings: Settings,
  { certificate }: PushIdentity,
  context: Context,
): Promise<Settings> {
  const { apns } = settings;
  if (!context.terminal.interactive || certificate === null) return settings;
  const topics = certificate.topics.filter((topic) => !notForAlerts.test(topic));
  const topic = apns.topic ?? (topics.length > 1 ? await askTopic(topics, context) : certificate.bundleId);
  if (topic === null) return settings;
  const clientAppKey = settings.clientAppKey ?? (await askKey(topic, context));
  return { ...settings, apns: { ...apns, topic }, clientAppKey };
}

function askTopic(topics: readonly string[], { prompt }: Context): Promise<string> {
  return prompt.select({
    message: 'Which topic?',
    choices: topics.map((topic) => ({ name: topic, value: topic })),
    unavailable: 'The topic cannot be asked for without a terminal',
    facts: { option: '--topic TOPIC' },
  });
}

function askKey(topic: string, { prompt }: Context): Promise<string> {
  return prompt.input({
    message: "Client app key (the tenant's name for it):",
    initial: topic,
    unavailable: 'The client app key cannot be asked for without a terminal',
    facts: { option: '--client-app-key KEY' },
  });
}
