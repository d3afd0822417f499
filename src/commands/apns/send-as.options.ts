import type { Command } from 'commander';
import type { SentAs } from '../../tenant/client.ts';

/** How the command line wants the parameters sent. */
export interface SendAsOptions {
  readonly sendAs?: SentAs;
}

export function addSendAsOption(command: Command): Command {
  return command.addOption(
    command
      .createOption(
        '--send-as <form>',
        'how the parameters are sent; default: json, and as a form where the tenant misses one',
      )
      .choices(['json', 'form', 'query']),
  );
}
